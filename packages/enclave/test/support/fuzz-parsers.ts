import { nodeCrypto } from "@isinglass/crypto/node";
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
  parseNitroDocument,
  parsePolicy,
  parseQuote,
  parseRevocationList,
  parseSealed,
  parseSnpReport,
  readEnclaveFile,
  readPem,
  recordLaunch,
  replayRtmrs,
  sealData,
  sealGuestMessage,
  toPem,
  verifyEif,
} from "../../src/index.js";
import { asciiText } from "../../src/x509/pem.js";
import { makeRevocationList } from "./authority.js";
import { makeFirmware } from "./firmware.js";
import { makeEventLog } from "./made-log.js";
import { makeNitro } from "./made-nitro.js";
import { collateralFile, makeQuote } from "./made-quote.js";
import { makeOpenEnclave, makeSdkEnclave } from "./made-sgx.js";
import { makeSnp } from "./made-snp.js";
import { PRETENDING } from "./pretending.js";
import { haveReal, realFile } from "./real.js";

/** A parser of what anybody may have written: documents that are right, and what reads them. Whatever it is given, it returns or throws our error. */
export interface Parser {
  readonly name: string;
  /** Made here, and real ones where `ISG_ENCLAVE_DATA` names a folder of them. */
  readonly documents: readonly Uint8Array[];
  /** Most changes make another document that can be read. */
  readonly changes?: boolean;
  /** What of the document is structure and not contents: from, up to. Seven changes in eight fall there. */
  readonly structure?: readonly (readonly [from: number, to: number])[];
  readonly read: (bytes: Uint8Array) => unknown;
}

function real(...files: readonly string[]): Uint8Array[] {
  return haveReal(files) ? files.map((file) => realFile(file)) : [];
}

function hexFile(name: string): Uint8Array[] {
  return real(name).map((bytes) => new Uint8Array(Buffer.from(Buffer.from(bytes).toString("latin1").trim(), "hex")));
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The parsers of the package, each with its documents. */
export function makeParsers(): readonly Parser[] {
  const firmware = makeFirmware({ pages: 1 });
  const launch = { mode: "snp", firmware, vcpus: 1, vmm: "qemu", signature: 0x800f12 } as const;
  const whole = recordLaunch(launch, measureLaunch(launch, nodeCrypto));
  const record = utf8(JSON.stringify(whole));
  const snp = makeSnp();
  const list = makeRevocationList("ARK-Test", snp.ark, [1, 2, 3]);
  const [sgx, tdx] = [makeQuote("sgx-3"), makeQuote("tdx-5")];
  const eif = buildEif({
    sections: [
      { type: "kernel", data: new Uint8Array(40) },
      { type: "ramdisk", data: new Uint8Array(60) },
    ],
  });
  const stream = new Uint8Array(64 + 320);
  stream.set(utf8("ECREATE"));
  stream.set(utf8("EEXTEND"), 64);
  const log = makeEventLog([
    [1, 4, new Uint8Array(48)],
    [2, 5, new Uint8Array(48)],
  ]);
  const sealed = sealData(new Structure(KEYREQUEST), new Uint8Array(16), new Uint8Array(8), new Uint8Array(8));
  const vmpck = new Uint8Array(32);
  const payload = new Uint8Array(96);
  const message = sealGuestMessage({ sequence: 1n, type: 5, version: 1, key: 0, payload }, vmpck, nodeCrypto);
  const policy = utf8('{"measurements":["abcd"],"minimumTcb":{"snp":7},"pcrs":{"0":"00ff"},"allowDebug":true}');
  return [
    {
      name: "firmware",
      documents: [firmware],
      structure: [[1900, firmware.length]],
      read: (bytes) => parseFirmware(bytes),
    },
    {
      name: "SGX stream",
      documents: [stream, ...real("rust-sgx/report.sgxs").map((one) => one.slice(0, 64 + 64 + 16 * 320))],
      structure: [
        [0, 8],
        [64, 80],
      ],
      read: (bytes) => measureStream(bytes, PRETENDING),
    },
    { name: "event log", documents: [log], read: (bytes) => replayRtmrs(parseEventLog(bytes), PRETENDING) },
    { name: "sealed data", documents: [sealed], changes: true, read: (bytes) => parseSealed(bytes) },
    { name: "guest message", documents: [message], read: (bytes) => openGuestMessage(bytes, vmpck, PRETENDING) },
    { name: "policy", documents: [policy], read: (bytes) => parsePolicy(textOf(bytes)) },
    {
      name: "enclave image",
      documents: [eif],
      changes: true,
      read(bytes) {
        const image = parseEif(bytes);
        return verifyEif(image, measureEif(image, PRETENDING), PRETENDING);
      },
    },
    {
      name: "SNP report",
      documents: [snp.report, ...real("go-sev-guest/attestation.bin"), ...hexFile("virtee-sev/report_milan.hex")],
      changes: true,
      // Fields lie where they lie, whatever they say: one explanation in eight is enough.
      read: (bytes) => ((bytes[0x50]! & 7) === 0 ? explainDocument(bytes) : parseSnpReport(bytes)),
    },
    {
      name: "SGX quote",
      documents: [sgx.quote, ...real("dcap-qvl/sgx_quote")],
      structure: [
        [0, 48],
        [432, 436],
        [1012, 1060],
      ],
      read: (bytes) => explainQuote(parseQuote(bytes)),
    },
    {
      name: "TDX quote",
      documents: [tdx.quote, ...real("dcap-qvl/tdx_quote", "go-tdx-guest/quote_v5_sample.dat")],
      structure: [
        [0, 54],
        [632, 636],
        [702, 706],
        [764, 770],
        [834, 840],
        [1218, 1270],
        [1288, 1336],
      ],
      read: (bytes) => explainQuote(parseQuote(bytes)),
    },
    {
      name: "PEM",
      documents: [utf8(toPem(snp.certificates[0], "CERTIFICATE")), ...real("go-sev-guest/ask_ark_milan.pem")],
      read: (bytes) => readPem(asciiText(bytes)),
    },
    {
      name: "Nitro document",
      documents: [
        makeNitro().document,
        ...real("rust-sgx/request_proper.bin", "evervault/valid-attestation-doc-bytes"),
      ],
      read: (bytes) => ((bytes[bytes.length - 1]! & 7) === 0 ? explainNitroDocument(bytes) : parseNitroDocument(bytes)),
    },
    { name: "launch record", documents: [record], read: (bytes) => parseLaunchRecord(textOf(bytes)) },
    {
      name: "collateral",
      documents: [utf8(collateralFile(tdx.collateral)), ...real("dcap-qvl/tdx_quote_collateral.json")],
      read: (bytes) => parseCollateral(textOf(bytes)),
    },
    {
      name: "enclave file",
      documents: [makeOpenEnclave()],
      changes: true,
      // ELF header and program headers, properties, relocations, section headers, names.
      structure: [
        [0, 176],
        [0x2000, 0x2090],
        [0x3800, 0x3818],
        [0x4000, 0x4140],
        [0x4800, 0x4840],
      ],
      read: (bytes) => readEnclaveFile(bytes).measure?.(PRETENDING),
    },
    {
      name: "enclave file of Intel's SDK",
      documents: [makeSdkEnclave()],
      changes: true,
      // ELF header and program headers, section headers, names; note, directory, patches and layout.
      structure: [
        [0, 176],
        [0x4000, 0x40c0],
        [0x4800, 0x4840],
        [0x5000, 0x5060],
        [0x5760, 0x5790],
        [0x5819, 0x59a0],
      ],
      read: (bytes) => readEnclaveFile(bytes).measure?.(PRETENDING),
    },
    { name: "revocation list", documents: [list], read: (bytes) => parseRevocationList(bytes) },
    {
      name: "certificate",
      documents: [snp.certificates[0], ...real("virtee-sev/vcek_milan.der")],
      read: (bytes) => parseCertificate(bytes),
    },
  ];
}
