import { type CryptoProvider, type SubtleCryptoLike, noble, webCrypto } from "@isinglass/crypto";
import { type VerifyOptions, explainDocument, fromBase64, parseCollateral, verifyDocument } from "../../src/index.js";

/** What the test hands over: bytes as base64. */
export interface PageInput {
  readonly document: string;
  readonly certificates: readonly string[];
  readonly roots: readonly string[];
  readonly collateral?: string;
  readonly now: number;
}

/** Verifies a document with both providers that a browser has, and the same with a bit flipped. */
async function check(input: PageInput): Promise<{ fields: number; accepted: boolean[]; refused: boolean[] }> {
  const web = webCrypto((globalThis as never as { crypto: { subtle: SubtleCryptoLike } }).crypto.subtle);
  const document = fromBase64(input.document);
  const changed = document.slice();
  changed[100]! ^= 1;
  const accepted: boolean[] = [];
  const refused: boolean[] = [];
  for (const crypto of [noble, web] as CryptoProvider[]) {
    const options: VerifyOptions = {
      crypto,
      now: input.now,
      roots: input.roots,
      certificates: input.certificates.map((one) => fromBase64(one)),
      ...(input.collateral === undefined ? {} : { collateral: parseCollateral(input.collateral) }),
    };
    // eslint-disable-next-line no-await-in-loop -- two in turn
    accepted.push((await verifyDocument(document, options)).accepted);
    // eslint-disable-next-line no-await-in-loop -- two in turn
    refused.push(!(await verifyDocument(changed, options)).accepted);
  }
  return { fields: explainDocument(document).fields.length, accepted, refused };
}

Object.assign(globalThis, { check });
