import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { requireOracle } from "@isinglass/testkit";
import { isVectorFile } from "./cases.js";

/** Where Debian's package puts them; `ISG_CRYPTO_VECTORS` names another folder of the same shape. */
export const VECTOR_FOLDER: string =
  process.env["ISG_CRYPTO_VECTORS"] ?? "/usr/lib/python3/dist-packages/cryptography_vectors";

/** Whether the vectors are there; says so where they are missing. */
export function haveVectors(): boolean {
  return requireOracle("published cipher vectors (python3-cryptography-vectors)", existsSync(VECTOR_FOLDER));
}

/** Paths in the collection, in order. */
export function vectorPaths(): string[] {
  return readdirSync(VECTOR_FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(VECTOR_FOLDER, join(entry.parentPath, entry.name)))
    .filter((path) => isVectorFile(path))
    .sort();
}

export function vectorText(path: string): string {
  return readFileSync(join(VECTOR_FOLDER, path), "latin1");
}
