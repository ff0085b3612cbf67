import { IsinglassError } from "@isinglass/interface";

/** A name out of an image, in quotation marks and without the control characters that its author may have put there. */
export function shown(name: string): string {
  return JSON.stringify(name).replace(/[\u007f-\u009f]/g, "?");
}

/** What is in the image contradicts the format or itself; nothing is done with it. */
export function corrupt(name: string, what: string): IsinglassError {
  return new IsinglassError("ISG_QCOW2_CORRUPT", `${name}: ${what}; "qemu-img check" says more of the image`, { name });
}

/** The image may be right, but is not for us. */
export function unsupported(name: string, what: string): IsinglassError {
  return new IsinglassError("ISG_QCOW2_UNSUPPORTED", `${name}: ${what}`, { name });
}
