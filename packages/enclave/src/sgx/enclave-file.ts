import { type SyncCryptoProvider, equalBytes, noble, toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { Structure } from "../layout.js";
import { Checks, type Verdict } from "../verdict.js";
import { parseEnclaveElf } from "./elf.js";
import { measureSdkEnclave, sdkMetadata } from "./intel-sdk.js";
import { type EnclaveLimits, measureStream } from "./measure.js";
import { measureOpenEnclave, openEnclaveProperties } from "./open-enclave.js";
import { SIGSTRUCT, findSigstructs, verifySigstruct } from "./sigstruct.js";

/** A file that holds an enclave, and what it says of it. */
export interface EnclaveFile {
  readonly kind: "sgxs stream" | "Open Enclave" | "Intel SGX SDK" | "SIGSTRUCT" | "other ELF";
  /** SIGSTRUCTs in the file, and where. */
  readonly sigstructs: readonly { readonly offset: number; readonly sigstruct: Structure }[];
  /** MRENCLAVE, or `undefined` where this kind cannot be measured. */
  readonly measure: ((crypto?: SyncCryptoProvider, limits?: EnclaveLimits) => Uint8Array) | undefined;
}

/**
 * Reads a file with an enclave: an SGX stream, an ELF file of the Open Enclave or Intel's SDK, a SIGSTRUCT alone, or another ELF file with a SIGSTRUCT in it.
 *
 * @throws IsinglassError `ISG_SGX_UNKNOWN_FILE`, and those of the formats
 */
export function readEnclaveFile(file: Uint8Array): EnclaveFile {
  const sigstructs = findSigstructs(file).map((offset) => ({
    offset,
    sigstruct: new Structure(SIGSTRUCT, new Uint8Array(file.subarray(offset, offset + SIGSTRUCT.size))),
  }));
  if (file.length >= 64 && equalBytes(file.subarray(0, 8), Uint8Array.of(0x45, 0x43, 0x52, 0x45, 0x41, 0x54, 0x45, 0)))
    return {
      kind: "sgxs stream",
      sigstructs,
      measure: (crypto = noble, limits = {}) => measureStream(file, crypto, limits),
    };
  if (file.length === SIGSTRUCT.size && sigstructs.length === 1)
    return { kind: "SIGSTRUCT", sigstructs, measure: undefined };
  if (file[0] === 0x7f && file[1] === 0x45) {
    const elf = parseEnclaveElf(file);
    if (openEnclaveProperties(elf) !== undefined)
      return {
        kind: "Open Enclave",
        sigstructs,
        measure: (crypto = noble, limits = {}) => measureOpenEnclave(elf, crypto, limits),
      };
    if (sdkMetadata(elf) !== undefined)
      return {
        kind: "Intel SGX SDK",
        sigstructs,
        measure: (crypto = noble, limits = {}) => measureSdkEnclave(elf, crypto, limits),
      };
    if (sigstructs.length > 0) return { kind: "other ELF", sigstructs, measure: undefined };
  }
  throw new IsinglassError(
    "ISG_SGX_UNKNOWN_FILE",
    `${file.length} bytes that are neither an SGX stream nor an ELF file with an enclave`,
    { size: file.length },
  );
}

/**
 * Whether a file is signed: there is a SIGSTRUCT in it, each that there is holds, and each wants the MRENCLAVE that the file has, where that can be measured.
 *
 * @param measured MRENCLAVE of the file as `measure` gives it
 */
export function verifyEnclaveFile(
  { kind, sigstructs }: EnclaveFile,
  measured: Uint8Array | undefined,
  crypto: SyncCryptoProvider = noble,
): Verdict {
  const checks = new Checks();
  const wrong = sigstructs.flatMap(({ offset, sigstruct }) =>
    verifySigstruct(sigstruct, crypto)
      .checks.filter(({ passed }) => !passed)
      .map(({ name }) => `${name} of the one at 0x${offset.toString(16)}`),
  );
  const found = `${sigstructs.length} SIGSTRUCTs`;
  checks.add(
    "file.sigstruct",
    sigstructs.length > 0 && wrong.length === 0,
    sigstructs.length === 0
      ? `there is no SIGSTRUCT in this file (${kind}): nobody has signed it`
      : wrong.length === 0
        ? found
        : `${found}; wrong: ${wrong.join(", ")}`,
  );
  if (measured !== undefined && sigstructs.length > 0) {
    const others = sigstructs.filter(({ sigstruct }) => !equalBytes(sigstruct.part("enclavehash"), measured));
    checks.add(
      "file.mrenclave",
      others.length === 0,
      others.length === 0
        ? "the file's is the one that its signer wants"
        : `the file's is ${toHex(measured)}; its signer wants ${others.map(({ sigstruct }) => sigstruct.hex("enclavehash")).join(", ")}`,
    );
  }
  if (measured === undefined)
    checks.skip(
      "file.mrenclave",
      `MRENCLAVE was not computed of this file (${kind}): whether it is what was signed is not known`,
    );
  if (sigstructs.length > 0)
    checks.skip(
      "file.signer",
      "anybody can sign: MRSIGNER is compared with nobody's, nor the rest of SIGSTRUCT with anything",
    );
  return checks.verdict("sgx-file");
}
