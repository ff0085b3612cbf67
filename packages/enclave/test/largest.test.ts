import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  OE_PROPERTIES,
  Structure,
  buildEif,
  measureEif,
  measureLaunch,
  measureStream,
  parseCertificate,
  parseEif,
  parseEventLog,
  parseNitroDocument,
  parseRevocationList,
  readEnclaveFile,
  readPem,
  replayRtmrs,
  toPem,
  verifyEif,
} from "../src/index.js";
import { ecSigner, makeCertificate, makeRevocationList } from "./support/authority.js";
import { makeFirmware } from "./support/firmware.js";
import { makeEventLog } from "./support/made-log.js";
import { makeNitro, members, signNitro } from "./support/made-nitro.js";
import { makeOpenEnclave, makeSdkEnclave } from "./support/made-sgx.js";

const LONGEST_MS = 2000;
const MOST_AT_ONCE = 64 * 2 ** 20;
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function openEnclave(heap: number, stack: number): Uint8Array {
  const file = makeOpenEnclave();
  const part = file.subarray(0x2000, 0x2000 + OE_PROPERTIES.size);
  new Structure(OE_PROPERTIES, part).set("heap_pages", BigInt(heap)).set("stack_pages", BigInt(stack));
  return file;
}

/** The first entry of the layout: pages that are measured where `attributes` is 3. */
function sdkEnclave(pages: number, attributes: number): Uint8Array {
  const file = makeSdkEnclave();
  const view = new DataView(file.buffer, 0x5000 + 25 + 0x820);
  view.setUint16(2, attributes, true);
  view.setUint32(4, pages, true);
  return file;
}

function stream(pages: number): Uint8Array {
  const one = new Uint8Array(64 + 16 * 320);
  one.set(Buffer.from("EADD"));
  for (let i = 0; i < 16; i += 1) one.set(Buffer.from("EEXTEND"), 64 + 320 * i);
  const out = new Uint8Array(64 + pages * one.length);
  out.set(Buffer.from("ECREATE"));
  for (let i = 0; i < pages; i += 1) out.set(one, 64 + i * one.length);
  return out;
}

/** What comes near the limits that are set unless others are given, and what reads it with the library's own hashes, which are the slowest. */
const LARGEST: readonly (readonly [string, () => Uint8Array, (bytes: Uint8Array) => unknown])[] = [
  ["enclave of Open Enclave", () => openEnclave(2 ** 18 - 2 ** 14, 8000), (bytes) => readEnclaveFile(bytes).measure!()],
  [
    "enclave of Intel's SDK, measured",
    () => sdkEnclave(2 ** 14 - 100, 3),
    (bytes) => readEnclaveFile(bytes).measure!(),
  ],
  ["enclave of Intel's SDK, added", () => sdkEnclave(2 ** 18 - 100, 1), (bytes) => readEnclaveFile(bytes).measure!()],
  ["SGX stream", () => stream(2 ** 14), (bytes) => measureStream(bytes)],
  [
    "event log",
    () => makeEventLog(Array.from({ length: 65_536 }, (_, i) => [1 + (i & 3), 13, new Uint8Array(48)] as const)),
    (bytes) => replayRtmrs(parseEventLog(bytes)),
  ],
  [
    "enclave image",
    () => buildEif({ sections: [{ type: "ramdisk", data: new Uint8Array(48 * 2 ** 20 - 600) }] }),
    (bytes) => {
      const image = parseEif(bytes);
      return verifyEif(image, measureEif(image));
    },
  ],
  [
    "revocation list",
    () =>
      makeRevocationList(
        "Test",
        ecSigner("P-256"),
        Array.from({ length: 178_000 }, (_, i) => i & 0xffff),
      ),
    (bytes) => parseRevocationList(bytes),
  ],
  [
    "revocation list in PEM",
    () =>
      Buffer.from(
        toPem(
          makeRevocationList(
            "Test",
            ecSigner("P-256"),
            Array.from({ length: 130_000 }, (_, i) => i & 0xffff),
          ),
          "X509 CRL",
        ),
      ),
    (bytes) => parseRevocationList(readPem(Buffer.from(bytes).toString("latin1"), "X509 CRL")[0]!),
  ],
  [
    "certificate",
    () => {
      const key = ecSigner("P-256");
      const extensions = Array.from({ length: 3000 }, (_, i) => [`1.2.3.${i}`, new Uint8Array(2)] as const);
      return makeCertificate({ subject: "Test", issuer: "Test", key, by: key, extensions });
    },
    (bytes) => parseCertificate(bytes),
  ],
  [
    "Nitro document",
    () => {
      const made = makeNitro();
      const more = Array.from({ length: 3500 }, (_, i) => [i, 0] as const);
      return signNitro(made.leaf, new Map<unknown, unknown>([...members(made.chain), ...more]));
    },
    (bytes) => parseNitroDocument(bytes),
  ],
  [
    "launch",
    () => makeFirmware({ pages: 2 ** 14 }),
    (firmware) => measureLaunch({ mode: "snp", firmware, vcpus: 4096, vmm: "qemu", signature: 0x800f12 }),
  ],
];

// Seconds each: with the fuzzer's command alone.
describe.runIf(process.env["ISG_ENCLAVE_INPUTS"] !== undefined)("the largest that is taken", () => {
  it.each(LARGEST)(
    "%s ends in time and in bounded memory",
    (name, make, read) => {
      const document = make();
      collectGarbage();
      collectGarbage();
      const [arrays, { heapUsed, external }] = [getHeapStatistics().external_memory, process.memoryUsage()];
      const begun = process.cpuUsage();
      const result = read(document);
      const { user, system } = process.cpuUsage(begun);
      const made = getHeapStatistics().external_memory - arrays;
      collectGarbage();
      const after = process.memoryUsage();
      const kept = after.heapUsed + after.external - heapUsed - external;
      const [time, mib] = [(user + system) / 1000, (count: number): string => (count / 2 ** 20).toFixed(1)];
      console.log(
        `${name}: ${mib(document.length)} MiB in ${time.toFixed(0)} ms of processor time, ${mib(made)} MiB of arrays, ${mib(kept)} MiB kept`,
      );
      expect(result).toBeDefined();
      expect(time).toBeLessThan(LONGEST_MS);
      expect(made).toBeLessThan(MOST_AT_ONCE);
      expect(kept).toBeLessThan(MOST_AT_ONCE);
    },
    300_000,
  );
});
