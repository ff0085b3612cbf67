import type { RsaPrivateKey } from "@isinglass/crypto";
import { Random } from "@isinglass/testkit";
import { OE_PROPERTIES, SIGSTRUCT, Structure } from "../../src/index.js";
import { rsaKey } from "./authority.js";

let made: RsaPrivateKey | undefined;

/** An RSA-3072 key with e = 3, made now. It signs nothing that matters. */
export function enclaveKey(): RsaPrivateKey {
  made ??= rsaKey(3072, 3).key;
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

/** An ELF header, a readable and executable segment at 0x1000 and a writable one at 0x2000 (0x1800 bytes in the file, 0x2800 in memory), and sections. */
function makeElf(
  fileSize: number,
  sections: readonly (readonly [name: string, address: number, offset: number, size: number])[],
): Uint8Array {
  const file = new Uint8Array(fileSize);
  const view = new DataView(file.buffer);
  const set64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  const names = new TextEncoder().encode(`\0${[...sections.map(([name]) => name), ".names"].join("\0")}\0`);
  file.set(names, 0x4800);
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
  const all = [["", 0, 0, 0], ...sections, [".names", 0, 0x4800, names.length]] as const;
  view.setUint16(60, all.length, true);
  view.setUint16(62, all.length - 1, true);
  let nameAt = 0;
  all.forEach(([name, address, offset, length], i) => {
    const at = 0x4000 + 64 * i;
    view.setUint32(at, i === 0 ? 0 : nameAt, true);
    nameAt += name.length + 1;
    view.setUint32(at + 4, i === 0 ? 0 : 1, true);
    set64(at + 16, address);
    set64(at + 24, offset);
    set64(at + 32, length);
    set64(at + 48, 1);
  });
  return file;
}

/** An ELF file with relocations and .oeinfo, as the Open Enclave SDK makes it. */
export function makeOpenEnclave(): Uint8Array {
  const file = makeElf(0x5000, [
    [".oeinfo", 0x2000, 0x2000, OE_PROPERTIES.size],
    [".rela.dyn", 0, 0x3800, 24],
  ]);
  const info = new Structure(OE_PROPERTIES, file.subarray(0x2000, 0x2000 + OE_PROPERTIES.size));
  info.bytes.fill(0);
  info.set("size", 1960).set("type", 2).set("heap_pages", 3).set("stack_pages", 2).set("tcs", 2).set("attributes", 4);
  const relocation = file.subarray(0x3800, 0x3818);
  relocation.fill(0);
  relocation[8] = 8;
  return file;
}

/** An ELF file with metadata as Intel's SDK makes it: a patch, a heap, a stack, a TCS, and a group that repeats stack and TCS once. */
export function makeSdkEnclave(): Uint8Array {
  const noteSize = 12 + 13 + 0x1000;
  const file = makeElf(0x7000, [[".note.sgxmeta", 0, 0x5000, noteSize]]);
  const view = new DataView(file.buffer);
  view.setUint32(0x5000, 13, true);
  view.setUint32(0x5004, 0x1000, true);
  const base = 0x5000 + 25;
  const set64 = (at: number, value: bigint): void => view.setBigUint64(base + at, value, true);
  const set32 = (at: number, value: number): void => view.setUint32(base + at, value, true);
  set64(0, 0x86a8_0294_635d_0e4cn);
  set64(8, 0x2_0000_0001n);
  set32(24, 2);
  set64(40, 0x40000n);
  const directory = 64 + 1808;
  const [patches, layout, content, data] = [0x800, 0x820, 0x900, 0x980];
  [patches, 32, layout, 5 * 32].forEach((value, i) => set32(directory + 4 * i, value));
  set64(patches, 0x1100n);
  set32(patches + 8, data);
  set32(patches + 12, 4);
  file.set([0xde, 0xad, 0xbe, 0xef], base + data);
  const entry = (
    i: number,
    id: number,
    attributes: number,
    pages: number,
    address: number,
    size: number,
    offset: number,
    flags: number,
  ): void => {
    const at = layout + 32 * i;
    view.setUint16(base + at, id, true);
    view.setUint16(base + at + 2, attributes, true);
    set32(at + 4, pages);
    set64(at + 8, BigInt(address));
    set32(at + 16, size);
    set32(at + 20, offset);
    set64(at + 24, BigInt(flags));
  };
  entry(0, 1, 1, 2, 0x5000, 0, 0, 0x203);
  entry(1, 10, 0, 1, 0x7000, 0, 0, 0);
  entry(2, 8, 3, 1, 0x8000, 0xcccc_cccc, 0, 0x203);
  entry(3, 4, 3, 1, 0x9000, 72, content, 0x100);
  entry(4, 0x1009, 2, 1, 0x4000, 0, 0, 0);
  set64(content + 16, 0x1000n);
  set32(content + 28, 2);
  set64(content + 32, 0x1010n);
  return file;
}
