/** The built-in guest as an ELF image. */
export function builtinGuest(): Uint8Array {
  return new Uint8Array(0);
}
