import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Real documents, which the repository does not hold. `ISG_ENCLAVE_DATA` names a folder with the files of public projects, one folder a project;
// docs/attestation.md lists them. Without it, tests of real documents are skipped.
const FOLDER = process.env["ISG_ENCLAVE_DATA"];

/** Whether the folder is named; fails where it is and one of these files is missing. */
export function haveReal(files: readonly string[]): boolean {
  if (FOLDER === undefined || FOLDER === "") return false;
  const missing = files.filter((file) => !existsSync(join(FOLDER, file)));
  if (missing.length > 0) throw new Error(`ISG_ENCLAVE_DATA: no ${missing.join(", ")} in ${FOLDER}`);
  return true;
}

export function realFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER!, name)));
}
