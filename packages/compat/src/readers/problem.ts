import { IsinglassError } from "@isinglass/interface";

/** One line about input that is not what it should be. Text out of the input is cut and made printable. */
export function bad(name: string, where: string, what: string): IsinglassError {
  return new IsinglassError("ISG_COMPAT_DUMP", `${name}${where === "" ? "" : `, ${where}`}: ${what}`);
}

/** A piece of untrusted text for a message. */
export function shown(text: string): string {
  // eslint-disable-next-line no-control-regex
  const clean = text.replace(/[^\x20-\x7e]/g, "?");
  return clean.length > 40 ? `"${clean.slice(0, 40)}…"` : `"${clean}"`;
}
