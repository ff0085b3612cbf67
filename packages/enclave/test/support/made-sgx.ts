import { generateKeyPairSync } from "node:crypto";
import type { RsaPrivateKey } from "@isinglass/crypto";
import { OE_PROPERTIES, SIGSTRUCT, Structure } from "../../src/index.js";
import { Random } from "./random.js";

let made: RsaPrivateKey | undefined;

/** An RSA-3072 key with e = 3, made now. It signs nothing that matters. */
export function enclaveKey(): RsaPrivateKey {
  if (made !== undefined) return made;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 3072, publicExponent: 3 });
  const jwk = privateKey.export({ format: "jwk" }) as Record<string, unknown>;
  const number = (name: string): Uint8Array => new Uint8Array(Buffer.from(String(jwk[name]), "base64url"));
  made = { n: number("n"), e: number("e"), d: number("d"), p: number("p"), q: number("q") };
  return made;
}

export function unsignedSigstruct(): Structure {
  return new Structure(SIGSTRUCT)
    .set("date", 0x2026_0601)
    .set("attributes.flags", 4)
    .set("attributes.xfrm", 3)
    .set("enclavehash", new Uint8Array(32).fill(0x77))
    .set("isvprodid", 1)
    .set("isvsvn", 2);
}

/** An ELF file with one executable and one writable segment, relocations and .oeinfo, as the Open Enclave SDK lays it out. */
export function makeOpenEnclave(): Uint8Array {
  const file = new Uint8Array(0x5000);
  const view = new DataView(file.buffer);
  const set64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, 62, true);
  set64(24, 0x1010);
  set64(32, 64);
  set64(40, 0x4000);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  view.setUint16(58, 64, true);
  const segment = (i: number, flags: number, offset: number, address: number, size: number, memory: number): void => {
    const at = 64 + 56 * i;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, flags, true);
    [offset, address, address, size, memory, 0x1000].forEach((value, j) => set64(at + 8 + 8 * j, value));
  };
  segment(0, 5, 0x1000, 0x1000, 0x1000, 0x1000);
  segment(1, 6, 0x2000, 0x2000, 0x1800, 0x2800);
  file.set(new Random(3).bytes(0x2800), 0x1000);
  const info = new Structure(OE_PROPERTIES, file.subarray(0x2000, 0x2000 + OE_PROPERTIES.size));
  info.bytes.fill(0);
  info.set("size", 1960).set("type", 2).set("heap_pages", 3).set("stack_pages", 2).set("tcs", 2).set("attributes", 4);
  const relocation = file.subarray(0x3800, 0x3818);
  relocation.fill(0);
  relocation[8] = 8;
  const names = new TextEncoder().encode("\0.oeinfo\0.rela.dyn\0.names\0");
  file.set(names, 0x4800);
  const sections: [number, number, number, number][] = [
    [0, 0, 0, 0],
    [1, 0x2000, 0x2000, OE_PROPERTIES.size],
    [9, 0, 0x3800, 24],
    [19, 0, 0x4800, names.length],
  ];
  view.setUint16(60, sections.length, true);
  view.setUint16(62, 3, true);
  sections.forEach(([name, address, offset, size], i) => {
    const at = 0x4000 + 64 * i;
    view.setUint32(at, name, true);
    view.setUint32(at + 4, i === 0 ? 0 : 1, true);
    set64(at + 16, address);
    set64(at + 24, offset);
    set64(at + 32, size);
    set64(at + 48, 1);
  });
  return file;
}
