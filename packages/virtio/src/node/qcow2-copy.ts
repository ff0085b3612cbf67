import { writeFileSync } from "node:fs";
import { emptyQcow2 } from "../index.js";
import { openBlockFile } from "./block-file.js";
import { attempt } from "./host-file.js";
import { openQcow2File } from "./qcow2-file.js";

/** The clusters of {@link emptyQcow2}. */
const PIECE = 65_536;

/**
 * Makes a qcow2 image of a raw one; what is zero takes no room in it.
 *
 * @throws `ISG_BLOCK_IO` where the raw image cannot be read, or the new file is there already or cannot be written
 */
export function copyToQcow2(raw: string, path: string): void {
  const from = openBlockFile(raw, { readonly: true });
  try {
    attempt(path, "make", () => writeFileSync(path, emptyQcow2(from.size), { flag: "wx" }));
    const into = openQcow2File(path);
    try {
      const zeros = Buffer.alloc(PIECE);
      const piece = Buffer.alloc(PIECE);
      for (let at = 0; at < from.size; at += PIECE) {
        const part = piece.subarray(0, Math.min(PIECE, from.size - at));
        from.read(at, part);
        if (!part.equals(zeros.subarray(0, part.length))) into.write(at, part);
      }
    } finally {
      into.close();
    }
  } finally {
    from.close();
  }
}
