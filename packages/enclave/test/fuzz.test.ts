import { IsinglassError } from "@isinglass/interface";
import { nodeCrypto } from "@isinglass/crypto/node";
import { describe, expect, it } from "vitest";
import {
  KEYREQUEST,
  Structure,
  buildEif,
  explainDocument,
  explainNitroDocument,
  explainQuote,
  measureEif,
  measureLaunch,
  measureStream,
  openGuestMessage,
  parseCertificate,
  parseCollateral,
  parseEif,
  parseEventLog,
  parseFirmware,
  parseLaunchRecord,
  parsePolicy,
  parseQuote,
  parseRevocationList,
  readEnclaveFile,
  readPem,
  parseSealed,
  recordLaunch,
  replayRtmrs,
  sealData,
  sealGuestMessage,
  toPem,
} from "../src/index.js";
import { asciiText } from "../src/x509/pem.js";
import { makeRevocationList } from "./support/authority.js";
import { makeFirmware } from "./support/firmware.js";
import { makeEventLog } from "./support/made-log.js";
import { makeNitro } from "./support/made-nitro.js";
import { collateralFile, makeQuote } from "./support/made-quote.js";
import { makeOpenEnclave, makeSdkEnclave } from "./support/made-sgx.js";
import { makeSnp } from "./support/made-snp.js";
import { Random, seedOf } from "./support/random.js";

const INPUTS = Number(process.env["ISG_ENCLAVE_INPUTS"] ?? "2000");
const seed = seedOf("ISG_ENCLAVE_SEED");

/** A document with up to eight changes: bits, bytes, numbers, pieces moved, an end cut off. */
function mutate(random: Random, document: Uint8Array, first = 0): Uint8Array {
  let bytes = document.slice();
  for (let i = random.below(8); i >= 0; i -= 1) {
    const at = first + random.below(Math.max(1, bytes.length - first));
    const kind = random.below(6);
    if (kind === 0) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 1) bytes[at] = random.word();
    else if (kind === 2)
      bytes.set(
        random
          .pick([
            [0xff, 0xff, 0xff, 0xff],
            [0, 0, 0, 0],
            [0, 0, 0, 0x80],
          ])
          .slice(0, Math.max(0, bytes.length - at)),
        at,
      );
    else if (kind === 3) bytes.copyWithin(at, first + random.below(Math.max(1, bytes.length - first)), bytes.length);
    else if (kind === 4 && random.below(4) === 0) bytes = bytes.slice(0, at);
    else bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
  }
  return bytes;
}

/** Parsers: a document that is right, and what reads it. Whatever it is given, it returns or throws our error. */
const firmware = makeFirmware({ pages: 1 });
const launch = { mode: "snp", firmware, vcpus: 2, vmm: "qemu", signature: 0x800f12 } as const;
const record = new TextEncoder().encode(JSON.stringify(recordLaunch(launch, measureLaunch(launch, nodeCrypto))));
/** Enclaves of some megabytes: a mutated file that claims more is refused sooner. */
const SMALL = { pages: 2000, measured: 500 };

interface Parser {
  readonly name: string;
  readonly document: Uint8Array;
  /** Most changes make another document that can be read. */
  readonly changes?: boolean;
  /** Bytes before this one are left alone. */
  readonly first?: number;
  readonly read: (bytes: Uint8Array) => unknown;
}

const snp = makeSnp();
const list = makeRevocationList("ARK-Test", snp.ark, [1, 2, 3]);
const pem = new TextEncoder().encode(toPem(snp.certificates[0], "CERTIFICATE"));
const [sgx, tdx] = [makeQuote("sgx-3"), makeQuote("tdx-5")];
const collateral = new TextEncoder().encode(collateralFile(tdx.collateral));
const eif = buildEif({
  sections: [
    { type: "kernel", data: new Uint8Array(40) },
    { type: "ramdisk", data: new Uint8Array(60) },
  ],
});
const stream = new Uint8Array(64 + 320);
stream.set(new TextEncoder().encode("ECREATE"));
stream.set(new TextEncoder().encode("EEXTEND"), 64);
const log = makeEventLog([
  [1, 4, new Uint8Array(48)],
  [2, 5, new Uint8Array(48)],
]);
const sealed = sealData(new Structure(KEYREQUEST), new Uint8Array(16), new Uint8Array(8), new Uint8Array(8));
const vmpck = new Uint8Array(32);
const message = sealGuestMessage(
  { sequence: 1n, type: 5, version: 1, key: 0, payload: new Uint8Array(96) },
  vmpck,
  nodeCrypto,
);
const policy = new TextEncoder().encode(
  '{"measurements":["abcd"],"minimumTcb":{"snp":7},"pcrs":{"0":"00ff"},"allowDebug":true}',
);

const PARSERS: readonly Parser[] = [
  { name: "firmware", document: firmware, first: 1900, read: (bytes) => parseFirmware(bytes) },
  { name: "certificate", document: snp.certificates[0], read: (bytes) => parseCertificate(bytes) },
  { name: "revocation list", document: list, read: (bytes) => parseRevocationList(bytes) },
  { name: "PEM", document: pem, read: (bytes) => readPem(asciiText(bytes)) },
  { name: "SNP report", document: snp.report, changes: true, read: (bytes) => explainDocument(bytes) },
  { name: "SGX quote", document: sgx.quote, read: (bytes) => explainQuote(parseQuote(bytes)) },
  { name: "TDX quote", document: tdx.quote, read: (bytes) => explainQuote(parseQuote(bytes)) },
  { name: "collateral", document: collateral, read: (bytes) => parseCollateral(new TextDecoder().decode(bytes)) },
  { name: "Nitro document", document: makeNitro().document, read: (bytes) => explainNitroDocument(bytes) },
  { name: "enclave image", document: eif, changes: true, read: (bytes) => measureEif(parseEif(bytes), nodeCrypto) },
  {
    name: "enclave file of Intel's SDK",
    document: makeSdkEnclave(),
    changes: true,
    read: (bytes) => readEnclaveFile(bytes).measure?.(nodeCrypto, SMALL),
  },
  {
    name: "enclave file",
    document: makeOpenEnclave(),
    changes: true,
    read: (bytes) => readEnclaveFile(bytes).measure?.(nodeCrypto, SMALL),
  },
  { name: "SGX stream", document: stream, read: (bytes) => measureStream(bytes, nodeCrypto) },
  { name: "event log", document: log, read: (bytes) => replayRtmrs(parseEventLog(bytes), nodeCrypto) },
  { name: "sealed data", document: sealed, changes: true, read: (bytes) => parseSealed(bytes) },
  { name: "guest message", document: message, read: (bytes) => openGuestMessage(bytes, vmpck, nodeCrypto) },
  { name: "policy", document: policy, read: (bytes) => parsePolicy(new TextDecoder().decode(bytes)) },
  { name: "launch record", document: record, read: (bytes) => parseLaunchRecord(new TextDecoder().decode(bytes)) },
];

describe("parsers of what anybody may have written", () => {
  it.each(PARSERS)(
    `$name: ${INPUTS} mutated documents end in a result or a clear error, seed ${seed}`,
    ({ document, read, first, changes }) => {
      expect(() => read(document)).not.toThrow();
      const random = new Random(seed);
      let refused = 0;
      for (let i = 0; i < INPUTS; i += 1) {
        try {
          read(mutate(random, document, first));
        } catch (problem) {
          if (!(problem instanceof IsinglassError)) throw problem;
          refused += 1;
        }
      }
      expect(refused).toBeGreaterThan(changes === true ? 0 : INPUTS / 10);
    },
    3_600_000,
  );
});
