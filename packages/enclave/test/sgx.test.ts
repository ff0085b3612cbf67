import { createHash } from "node:crypto";
import type { IsinglassError } from "@isinglass/interface";
import { bytesToBigInt, concatBytes, noble, toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { describe, expect, it } from "vitest";
import {
  ENCLAVE_LIMITS,
  type EnclaveElf,
  type EnclaveLimits,
  EnclaveMeasurement,
  OE_PROPERTIES,
  SECINFO,
  SIGSTRUCT,
  Structure,
  explainSigstruct,
  findSigstructs,
  measureOpenEnclave,
  measureStream,
  mrSigner,
  parseEnclaveElf,
  readEnclaveFile,
  signSigstruct,
  uncovered,
  verifyEnclaveFile,
  verifySigstruct,
} from "../src/index.js";
import { PRETENDING } from "./support/pretending.js";
import { failed } from "./support/failed.js";
import { enclaveKey, makeOpenEnclave, makeSdkEnclave, unsignedSigstruct } from "./support/made-sgx.js";
import { haveOpenssl, runWith } from "./support/openssl.js";
import { haveReal, realFile } from "./support/real.js";

const wrongIn = (sigstruct: Structure): string[] => failed(verifySigstruct(sigstruct, nodeCrypto));
const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** A block as the processor hashes it: tag, numbers at places, data. */
function block(
  tag: string,
  numbers: readonly (readonly [at: number, value: bigint])[],
  data: Uint8Array = new Uint8Array(0),
): Buffer {
  const out = Buffer.alloc(64);
  out.write(tag, "latin1");
  for (const [at, value] of numbers) out.writeBigUInt64LE(value, at);
  return Buffer.concat([out, data]);
}

describe("SIGSTRUCT", () => {
  const signed = signSigstruct(unsignedSigstruct(), enclaveKey(), nodeCrypto);

  it("has no gaps, and every byte of it is explained", () => {
    expect(uncovered(SIGSTRUCT)).toEqual([]);
    const fields = explainSigstruct(signed);
    expect(fields.reduce((sum, field) => sum + field.size, 0)).toBe(1808);
    expect(fields.find((field) => field.name === "sigstruct.date")?.value).toBe("20260601");
  });

  it("that is signed is accepted by both back ends, and found in a file", () => {
    expect(wrongIn(signed)).toEqual([]);
    expect(verifySigstruct(signed, noble).accepted).toBe(true);
    const file = new Uint8Array(5000);
    file.set(signed.bytes, 1234);
    expect(findSigstructs(file)).toEqual([1234]);
  });

  it.each([0, 1, 49, 63, 64, 65, 500])("is found after %d bytes that each could begin one", (count) => {
    const file = concatBytes(new Uint8Array(3), new Uint8Array(count).fill(6), signed.bytes, signed.bytes);
    expect(findSigstructs(file)).toEqual([3 + count, 3 + count + SIGSTRUCT.size]);
  });

  it("in a Buffer is verified without changing it", () => {
    const file = Buffer.from(signed.bytes);
    expect(wrongIn(new Structure(SIGSTRUCT, file))).toEqual([]);
    expect(wrongIn(readEnclaveFile(file).sigstructs[0]!.sigstruct)).toEqual([]);
    expect(file.equals(signed.bytes)).toBe(true);
  });

  it("has quotients for which Q1 and Q2 undo the division", () => {
    const big = (name: string): bigint => bytesToBigInt(signed.part(name).slice().reverse());
    const [s, m, q1, q2] = [big("signature"), big("modulus"), big("q1"), big("q2")];
    const first = s * s - q1 * m;
    expect(first >= 0n && first < m).toBe(true);
    const cube = first * s - q2 * m;
    expect(cube).toBe(s ** 3n % m);
  });

  it.runIf(haveOpenssl())("has a signature that OpenSSL accepts", () => {
    const spki = { n: enclaveKey().n, e: enclaveKey().e };
    const text = `asn1=SEQUENCE:key\n[key]\nn=INTEGER:0x${toHex(spki.n)}\ne=INTEGER:0x03\n`;
    const data = new Uint8Array([...signed.bytes.subarray(0, 128), ...signed.bytes.subarray(900, 1028)]);
    const signature = signed.part("signature").slice().reverse();
    const script =
      "openssl asn1parse -genconf key.conf -noout -out key.der && openssl rsa -RSAPublicKey_in -inform DER -in key.der -pubout -out key.pem && openssl dgst -sha256 -verify key.pem -signature signature data";
    expect(runWith(["sh", "-c", script], { "key.conf": text, data, signature }).output).toMatch(/Verified OK/);
  });

  it("with a bit of every seventh byte changed is refused", () => {
    // Every byte but the parts that only the signature's own arithmetic covers is covered by the signature or a check.
    for (let byte = 0; byte < SIGSTRUCT.size; byte += 7) {
      const changed = signed.bytes.slice();
      changed[byte]! ^= 1 << (byte & 7);
      expect([byte, verifySigstruct(new Structure(SIGSTRUCT, changed), nodeCrypto).accepted]).toEqual([byte, false]);
    }
  });

  it("wants a key with exponent 3", () => {
    expect(() => signSigstruct(unsignedSigstruct(), { ...enclaveKey(), e: Uint8Array.of(1, 0, 1) })).toThrow(
      /exponent 3/,
    );
  });
});

describe("MRENCLAVE", () => {
  it("is the SHA-256 of ECREATE, EADD and EEXTEND blocks", () => {
    const page = Uint8Array.from({ length: 4096 }, (_, i) => i & 255);
    const blocks = [
      block("ECREATE", [[8, 1n | (0x10000n << 32n)]]),
      block("EADD", [
        [8, 0x1000n],
        [16, 0x203n],
      ]),
    ];
    for (let at = 0; at < 4096; at += 256)
      blocks.push(block("EEXTEND", [[8, BigInt(0x1000 + at)]], page.subarray(at, at + 256)));
    blocks.push(
      block("EADD", [
        [8, 0x1_2345_6000n],
        [16, 0x100n],
      ]),
    );
    const stream = Buffer.concat(blocks);
    const measured = new EnclaveMeasurement(0x10000n, 1)
      .addPage(0x1000, SECINFO.REG | SECINFO.R | SECINFO.W, page)
      .add(0x1_2345_6000, SECINFO.TCS);
    expect(toHex(measured.finish())).toBe(sha256(stream));
    expect(toHex(measureStream(stream))).toBe(sha256(stream));
    const unmeasured = Buffer.concat([stream, block("UNMEASRD", [[8, 0n]], new Uint8Array(256))]);
    expect(toHex(measureStream(unmeasured, nodeCrypto))).toBe(sha256(stream));
  });

  it.each([
    [Buffer.alloc(0), /empty/],
    [block("EADD", []), /begins with "EADD"/],
    [Buffer.concat([block("ECREATE", []), block("ECREATE", [])]), /second ECREATE at 64/],
    [Buffer.concat([block("ECREATE", []), block("EEXTEND", [])]), /ends after the stream/],
    [Buffer.concat([block("ECREATE", []), block("WHAT", [])]), /block "WHAT" at 64/],
    [Buffer.concat([block("ECREATE", []), Buffer.alloc(3)]), /3 bytes at 64/],
  ])("of a broken stream is an error that says where", (stream, message) => {
    expect(() => measureStream(stream)).toThrow(message);
  });

  it.each([
    ["", 0, 0x20000n],
    // host/sgx/sgxload.c of the SDK: the range reaches from address 0 to the last page.
    [" with base 0, which begins at 0x40000,", 0x40000, 0x80000n],
  ])("of an Open Enclave file%s follows the SDK's order of pages", (_what, start, range) => {
    const file = makeOpenEnclave();
    if (start > 0) {
      const part = file.subarray(0x2000, 0x2000 + OE_PROPERTIES.size);
      new Structure(OE_PROPERTIES, part).set("flags", 2).set("start_address", start);
    }
    const zeros = new Uint8Array(4096);
    // By hand from the SDK's description: image of 5 pages at 0x1000 to 0x4fff, a page of relocations, 3 of heap, 2 threads of 2 + 2 + 4 + 1 pages.
    const image = new Uint8Array(0x5000);
    image.set(file.subarray(0x1000, 0x3800), 0x1000);
    const info = new Structure(OE_PROPERTIES, image.subarray(0x2000, 0x2000 + OE_PROPERTIES.size));
    info
      .set("oeinfo_rva", 0x2000)
      .set("oeinfo_size", 1960)
      .set("reloc_rva", 0x5000)
      .set("reloc_size", 0x1000)
      .set("heap_rva", 0x6000)
      .set("enclave_size", 0x20000);
    const measured = new EnclaveMeasurement(range, 1);
    const addPage = (at: number, flags: number, page: Uint8Array): void =>
      void measured.addPage(start + at, flags, page);
    addPage(0x1000, 0x205, image.subarray(0x1000, 0x2000));
    for (const at of [0x2000, 0x3000, 0x4000]) addPage(at, 0x203, image.subarray(at, at + 0x1000));
    const relocations = zeros.slice();
    relocations[8] = 8;
    addPage(0x5000, 0x201, relocations);
    for (const at of [0x6000, 0x7000, 0x8000]) measured.add(start + at, 0x203);
    for (const at of [0x9000, 0x12000]) {
      addPage(at + 0x1000, 0x203, zeros.slice().fill(0xcc));
      addPage(at + 0x2000, 0x203, zeros.slice().fill(0xcc));
      const tcs = Buffer.alloc(4096);
      tcs.writeBigUInt64LE(BigInt(start + at + 0x5000), 16);
      tcs.writeUInt32LE(2, 28);
      tcs.writeBigUInt64LE(BigInt(start + 0x1010), 32);
      for (const place of [48, 56]) tcs.writeBigUInt64LE(BigInt(start + at + 0x8000), place);
      for (const place of [64, 68]) tcs.writeUInt32LE(0xffff_ffff, place);
      addPage(at + 0x4000, 0x100, tcs);
      for (const page of [5, 6, 8]) addPage(at + 0x1000 * page, 0x203, zeros);
    }
    const enclave = readEnclaveFile(file);
    expect(enclave.kind).toBe("Open Enclave");
    expect(toHex(enclave.measure!(nodeCrypto))).toBe(toHex(measured.finish()));
  });

  it("of a file of Intel's SDK follows its metadata: patches, segments, layout, groups", () => {
    const file = makeSdkEnclave();
    const enclave = readEnclaveFile(file);
    expect(enclave.kind).toBe("Intel SGX SDK");
    const text = file.slice(0x1000, 0x2000);
    text.set([0xde, 0xad, 0xbe, 0xef], 0x100);
    const data = new Uint8Array(0x2000);
    data.set(file.subarray(0x2000, 0x3800));
    const measured = new EnclaveMeasurement(0x40000n, 2).addPage(0x1000, 0x205, text);
    measured.addPage(0x2000, 0x203, data.subarray(0, 0x1000)).addPage(0x3000, 0x203, data.subarray(0x1000));
    measured.addPage(0x4000, 0x203, new Uint8Array(4096)).add(0x5000, 0x203).add(0x6000, 0x203);
    for (const shift of [0, 0x4000]) {
      measured.addPage(0x8000 + shift, 0x203, new Uint8Array(4096).fill(0xcc));
      const tcs = Buffer.alloc(4096);
      tcs.writeBigUInt64LE(BigInt(0xa000 + shift), 16);
      tcs.writeUInt32LE(2, 28);
      tcs.writeBigUInt64LE(0x1010n, 32);
      for (const at of [48, 56]) tcs.writeBigUInt64LE(BigInt(0x9000 + shift), at);
      measured.addPage(0x9000 + shift, 0x100, tcs);
    }
    expect(toHex(enclave.measure!(nodeCrypto))).toBe(toHex(measured.finish()));
  });

  it.each([
    [new Uint8Array(100), /neither an SGX stream nor an ELF file with an enclave/],
    [Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), /ELF file: the identification/],
  ])("of something else is an error", (file, message) => {
    expect(() => readEnclaveFile(file)).toThrow(message);
  });

  it("of a file that claims billions of pages is refused at once", () => {
    const file = makeOpenEnclave();
    new Structure(OE_PROPERTIES, file.subarray(0x2000, 0x2000 + 1960)).set("heap_pages", 2n ** 60n);
    expect(() => readEnclaveFile(file).measure!()).toThrow(/pages; at most/);
    expect(parseEnclaveElf(file).loads.length).toBe(2);
  });

  it("of more than a limit is refused, with the limit's name and what it is", () => {
    const refused = (file: Uint8Array, limits: EnclaveLimits = {}): unknown => {
      try {
        return readEnclaveFile(file).measure!(PRETENDING, limits);
      } catch (problem) {
        const { code, data } = problem as IsinglassError;
        return [code, data["limit"], data["most"], data["count"]];
      }
    };
    const TOO_LARGE = "ISG_SGX_TOO_LARGE";
    expect(refused(makeOpenEnclave(), { pages: 10 })).toEqual([TOO_LARGE, "pages", 10, 20]);
    expect(refused(makeOpenEnclave(), { image: 5 })).toEqual([TOO_LARGE, "image", 5, 6]);
    expect(refused(makeSdkEnclave(), { measured: 2 })).toEqual([TOO_LARGE, "measured", 2, 3]);
    expect(refused(makeSdkEnclave(), { image: 6 })).toEqual([TOO_LARGE, "image", 6, 7]);
    expect(ENCLAVE_LIMITS).toEqual({ pages: 2 ** 18, measured: 2 ** 14, image: 2 ** 13 });
    const heap = (pages: number): Uint8Array => {
      const file = makeOpenEnclave();
      new Structure(OE_PROPERTIES, file.subarray(0x2000, 0x2000 + 1960)).set("heap_pages", BigInt(pages));
      return file;
    };
    // 3 of the 20 pages are heap.
    expect(refused(heap(2 ** 18 - 17))).toBeInstanceOf(Uint8Array);
    expect(refused(heap(2 ** 18 - 16))).toEqual([TOO_LARGE, "pages", 2 ** 18, 2 ** 18 + 1]);
    expect(refused(heap(2 ** 18 - 16), { pages: 2 ** 18 + 1 })).toBeInstanceOf(Uint8Array);
    expect(() => readEnclaveFile(heap(2 ** 20)).measure!()).toThrow(
      /pages and more; the limit `pages` is 262144, and may be set higher/,
    );
  });

  it("of a stream of more than a limit is refused", () => {
    const page = [block("EADD", []), ...Array.from({ length: 16 }, () => block("EEXTEND", [], new Uint8Array(256)))];
    const stream = Buffer.concat([block("ECREATE", []), ...page, ...page]);
    expect(toHex(measureStream(stream, noble, { pages: 2, measured: 2 }))).toBe(sha256(stream));
    expect(() => measureStream(stream, noble, { pages: 1 })).toThrow(/the limit `pages` is 1/);
    expect(() => measureStream(stream, noble, { measured: 1 })).toThrow(/the limit `measured` is 1/);
  });

  it("of a file whose names do not end, or whose tables are of millions, ends at once", () => {
    const file = makeOpenEnclave();
    const elf = parseEnclaveElf(file);
    const section = (data: Uint8Array): { address: number; size: number; align: number; data: Uint8Array } => ({
      address: 0,
      size: data.length,
      align: 1,
      data,
    });
    const [letters, symbols] = [new Uint8Array(2 ** 20).fill(0x61), new Uint8Array(24 * 65_536)];
    const withSymbols = (dynsym: Uint8Array): EnclaveElf => ({
      ...elf,
      sections: new Map([...elf.sections, [".dynsym", section(dynsym)], [".dynstr", section(letters)]]),
    });
    // Each of 65,536 symbols has a name of a megabyte: searched to its end, that would be 64 GiB.
    expect(measureOpenEnclave(withSymbols(symbols), PRETENDING)).toBeInstanceOf(Uint8Array);
    expect(() => measureOpenEnclave(withSymbols(new Uint8Array(24 * 65_537)))).toThrow(/65537 symbols; at most 65536/);
  });

  it.each<[string, RegExp, (set: (at: number, value: number) => void) => void]>([
    // Directory: patches at 0x750, layout at 0x758; the last entry of the layout, at 0x820 + 4 * 32, is a group.
    ["a layout of more than 4,096 entries", /does not fit|layout table has/, (set) => set(0x75c, 32 * 4097)],
    ["a group of nothing", /repeats what is not there/, (set) => set(0x8a0, 0x0000_1009)],
    ["patches that write more than the file", /does not fit|more than the whole file/, (set) => set(0x80c, 0x7001)],
  ])("of a file of Intel's SDK with %s is refused", (_what, message, change) => {
    const file = makeSdkEnclave();
    const view = new DataView(file.buffer, 0x5000 + 25);
    change((at, value) => view.setUint32(at, value, true));
    expect(() => readEnclaveFile(file).measure!(PRETENDING)).toThrow(message);
  });
});

// signalapp/ContactDiscoveryService-Icelake, src/main/resources/org/signal/cdsi/enclave: the file names carry MRENCLAVE. fortanix/rust-sgx: Intel's provisioning
// certification enclave and a stream.
const SIGNAL = [
  ["enclave-Standard_DC2s_v3", "3ded708ca5a42fd84b4639dc661a7ec4b9c9f1b92809c0fc91da2349a5a89d05"],
  ["enclave-Standard_DC24s_v3", "ee9503070127120074612b6688e593b67e486b1541449f54d71e387484eb40a3"],
] as const;
const PCE = "rust-sgx/libsgx_pce.signed.so.1.25.100.1";
// Signed enclaves of Intel's SDK in public repositories: enclave.signed.so of LucDomingo/Enclave_simple, eternalray/enclave-hello, nileshrathi/hello-enclave,
// njuyuanrui/testEnclaveSO.
const SAMPLES = [
  "LucDomingo+Enclave_simple",
  "eternalray+enclave-hello",
  "nileshrathi+hello-enclave",
  "njuyuanrui+testEnclaveSO",
].map((name) => `sgx-samples/${name}.so`);
const found = haveReal([
  ...SAMPLES,
  ...SIGNAL.map(([name, hash]) => `signal-cdsi/${name}-${hash}.signed`),
  PCE,
  "rust-sgx/report.sgxs",
]);

describe("a file with an enclave", () => {
  const plain = makeOpenEnclave();
  const measured = readEnclaveFile(plain).measure!(nodeCrypto);
  const withSigstruct = (enclavehash: Uint8Array, change?: (bytes: Uint8Array) => void): Uint8Array => {
    const signed = signSigstruct(unsignedSigstruct().set("enclavehash", enclavehash), enclaveKey());
    change?.(signed.bytes);
    return concatBytes(plain, signed.bytes);
  };

  it.each<[string, () => Uint8Array, string[]]>([
    ["signed as it is", () => withSigstruct(measured), []],
    ["that nobody signed", () => plain, ["file.sigstruct"]],
    ["whose SIGSTRUCT is zeros", () => withSigstruct(measured, (bytes) => void bytes.fill(0)), ["file.sigstruct"]],
    ["whose SIGSTRUCT is wrong", () => withSigstruct(measured, (bytes) => void (bytes[520]! ^= 1)), ["file.sigstruct"]],
    ["whose SIGSTRUCT is another's", () => withSigstruct(new Uint8Array(32)), ["file.mrenclave"]],
  ])("%s", (_what, file, names) => {
    const read = readEnclaveFile(file());
    expect(failed(verifyEnclaveFile(read, read.measure!(nodeCrypto), nodeCrypto))).toEqual(names);
  });

  it("with a bit of its code flipped is no longer what was signed", () => {
    const file = withSigstruct(measured);
    file[0x1234]! ^= 1;
    const read = readEnclaveFile(file);
    expect(failed(verifyEnclaveFile(read, read.measure!(nodeCrypto), nodeCrypto))).toEqual(["file.mrenclave"]);
  });
});

describe.runIf(found)("real enclaves", () => {
  it.each(SIGNAL)(
    "%s of Signal: MRENCLAVE is that of its name and of its SIGSTRUCT, whose signature is right",
    (name, hash) => {
      const file = readEnclaveFile(realFile(`signal-cdsi/${name}-${hash}.signed`));
      // 131,703 pages are measured, and 2 and 31 million added.
      expect(() => file.measure!(nodeCrypto)).toThrow(/the limit `pages` is 262144/);
      expect(toHex(file.measure!(nodeCrypto, { pages: 2 ** 25, measured: 2 ** 18 }))).toBe(hash);
      const [{ sigstruct } = { sigstruct: new Structure(SIGSTRUCT) }] = file.sigstructs;
      expect(sigstruct.hex("enclavehash")).toBe(hash);
      expect(wrongIn(sigstruct)).toEqual([]);
    },
    120_000,
  );

  it.each([PCE, ...SAMPLES])(
    "%s of Intel's SDK: MRENCLAVE is that of its SIGSTRUCT, whose signature is right",
    (name) => {
      const file = readEnclaveFile(realFile(name));
      expect(file.kind).toBe("Intel SGX SDK");
      const [one] = file.sigstructs;
      expect(wrongIn(one!.sigstruct)).toEqual([]);
      expect(toHex(file.measure!(nodeCrypto))).toBe(one!.sigstruct.hex("enclavehash"));
    },
  );

  it("Intel's PCE: the SIGSTRUCT is right, and MRSIGNER is Intel's", () => {
    const [one] = readEnclaveFile(realFile(PCE)).sigstructs;
    expect(wrongIn(one!.sigstruct)).toEqual([]);
    // intel/linux-sgx lists it among the signers of its architectural enclaves, as that of the PCE.
    expect(toHex(mrSigner(one!.sigstruct))).toBe("c54a62f2be9ef76efb1f3930ad81ea7f60defc1f5f25e09b7c067a815ae0c6cb");
    expect(one!.sigstruct.number("vendor")).toBe(0x8086);
  });

  it("a stream is measured as its blocks", () => {
    const stream = realFile("rust-sgx/report.sgxs");
    expect(toHex(measureStream(stream))).toBe(sha256(stream));
  });
});
