import { IsinglassError } from "@isinglass/interface";
import { type Token, Tokenizer, decode, encode } from "cborg";
import { printable } from "../explain.js";

function bad(message: string, cause?: unknown): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_COSE", `COSE: ${message}`, {}, cause === undefined ? {} : { cause });
}

/** No document is larger. */
const MOST_BYTES = 64 * 1024;

/** Untrusted CBOR, strictly: shortest forms, definite lengths, no doubled keys, nothing after it. */
export function decodeCbor(bytes: Uint8Array, what: string): unknown {
  if (bytes.length > MOST_BYTES) throw bad(`${what} has ${bytes.length} bytes; at most ${MOST_BYTES} are taken`);
  try {
    return decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      rejectDuplicateMapKeys: true,
      useMaps: true,
    });
  } catch (problem) {
    throw bad(
      `${what} is not CBOR (${printable(problem instanceof Error ? problem.message : String(problem))})`,
      problem,
    );
  }
}

/** Where an item lies in CBOR: the contents of a string, all of a number. */
export interface CborPlace {
  readonly at: number;
  readonly size: number;
}

/** A member of a map or an item of a list. */
export interface CborMember extends CborPlace {
  /** The key as it is in the map: text, a number, bytes, an empty list or map for one with anything in it; of a list, the item's number. */
  readonly key: unknown;
  /** What is in it, where it is a map or a list of a map or list. */
  readonly members: readonly CborMember[];
}

/**
 * The members of a map or list, and those of the maps and lists among them, in the order in which they lie there.
 *
 * @param bytes what {@link decodeCbor} has taken
 */
export function cborMembers(bytes: Uint8Array): readonly CborMember[] {
  const tokens = new Tokenizer(bytes, { retainStringBytes: true });
  const itemsIn = ({ type, value }: Token): number =>
    type.name === "array" ? Number(value) : type.name === "map" ? 2 * Number(value) : 0;
  const keyOf = ({ type, value }: Token): unknown =>
    type.name === "array" ? [] : type.name === "map" ? new Map() : value;
  const skip = (count: number): void => {
    for (let left = count; left > 0;) left += itemsIn(tokens.next()) - 1;
  };
  const entries = (token: Token, depth: number): CborMember[] => {
    const isMap = token.type.name === "map";
    return Array.from({ length: Number(token.value) }, (_, i) => {
      const key = isMap ? tokens.next() : undefined;
      if (key !== undefined) skip(itemsIn(key));
      const start = tokens.pos();
      const item = tokens.next();
      const end = tokens.pos();
      const contents = item.value instanceof Uint8Array ? item.value : item.byteValue;
      const at = contents === undefined ? start : end - contents.length;
      const isDeep = depth > 0 && itemsIn(item) > 0;
      if (depth === 0) skip(itemsIn(item));
      const members = isDeep ? entries(item, depth - 1) : [];
      // Of what has no members of its own, the number of items is shown, and all of it.
      const size = contents === undefined ? tokens.pos() - start : contents.length;
      return { key: key === undefined ? i : keyOf(key), at, size, members };
    });
  };
  const outer = tokens.next();
  return itemsIn(outer) > 0 ? entries(outer, 1) : [];
}

/** COSE_Sign1 (RFC 9052, 4.2). */
export interface CoseSign1 {
  /** The protected header as it was signed. */
  readonly protectedHeader: Uint8Array;
  /** Algorithm number: -7 ES256, -35 ES384. */
  readonly algorithm: number;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** CBOR's tag 18, which a message may bear. */
export const TAG_SIGN1 = 0xd2;

/**
 * Reads a COSE_Sign1 message, with its tag 18 or without. Unprotected headers are not signed, so none are taken.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_COSE`
 */
export function parseCose(bytes: Uint8Array): CoseSign1 {
  const value = decodeCbor(bytes[0] === TAG_SIGN1 ? bytes.subarray(1) : bytes, "the message");
  if (!Array.isArray(value) || value.length !== 4) throw bad("it is not a list of four");
  const [protectedHeader, unprotectedHeader, payload, signature] = value as unknown[];
  if (!(protectedHeader instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array))
    throw bad("header, payload and signature are not byte strings");
  if (!(unprotectedHeader instanceof Map) || unprotectedHeader.size !== 0)
    throw bad("it has headers that nobody signed");
  const header = decodeCbor(protectedHeader, "the protected header");
  const algorithm: unknown = header instanceof Map ? header.get(1) : undefined;
  if (!(header instanceof Map) || header.size !== 1 || typeof algorithm !== "number")
    throw bad("its protected header does not say the algorithm alone");
  return { protectedHeader, algorithm, payload, signature };
}

/** What is signed (RFC 9052, 4.4). */
export function coseSigned(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encode(["Signature1", protectedHeader, new Uint8Array(0), payload]);
}

/** Makes a COSE_Sign1 message without a tag. @param sign r and s side by side */
export function buildCose(algorithm: number, payload: Uint8Array, sign: (data: Uint8Array) => Uint8Array): Uint8Array {
  const protectedHeader = encode(new Map([[1, algorithm]]));
  return encode([protectedHeader, new Map(), payload, sign(coseSigned(protectedHeader, payload))]);
}
