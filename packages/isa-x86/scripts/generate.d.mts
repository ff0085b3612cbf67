/** The generated files as [name, text] pairs, made from spec/ as it is now. */
export function generate(): [name: string, text: string][];
