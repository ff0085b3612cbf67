/** Kernels made by hand, as small as the formats allow. Field offsets are those of boot.rst and of the ELF specification. */

/** Instructions, one after the other. */
export function machineCode(instructions: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(instructions.flat());
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Prints the command line, the number of E820 entries and the first byte of the initrd to COM1, then powers off; the same bytes do so in 32- and 64-bit code. */
export const PRINTING_CODE: Uint8Array = machineCode([
  [0x8b, 0x9e, 0x28, 0x02, 0x00, 0x00], // mov ebx, [esi+0x228]
  [0xba, 0xf8, 0x03, 0x00, 0x00], // mov edx, 0x3f8
  [0x8a, 0x03], // loop: mov al, [ebx]
  [0x84, 0xc0], // test al, al
  [0x74, 0x06], // jz done
  [0xee], // out dx, al
  [0x83, 0xc3, 0x01], // add ebx, 1
  [0xeb, 0xf4], // jmp loop
  [0x8a, 0x86, 0xe8, 0x01, 0x00, 0x00], // done: mov al, [esi+0x1e8]
  [0x04, 0x30, 0xee], // add al, '0'; out dx, al
  [0x8b, 0x9e, 0x18, 0x02, 0x00, 0x00], // mov ebx, [esi+0x218]
  [0x8a, 0x03, 0xee], // mov al, [ebx]; out dx, al
  [0xba, 0x04, 0x06, 0x00, 0x00], // mov edx, 0x604
  [0x66, 0xb8, 0x00, 0x20, 0x66, 0xef], // mov ax, 0x2000; out dx, ax
  [0xf4, 0xeb, 0xfd], // hlt; jmp
]);

export interface BzImageFields {
  version?: number;
  loadflags?: number;
  xloadflags?: number;
  initSize?: number;
  preferred?: number;
  alignment?: number;
  relocatable?: number;
  cmdlineSize?: number;
  initrdMax?: number;
  bootFlag?: number;
  magic?: string;
  syssize?: number;
  headerLength?: number;
}

/** A bzImage with one setup sector beyond the first and `code` at both entries. */
export function bzImage(fields: BzImageFields = {}, code: Uint8Array = PRINTING_CODE): Uint8Array {
  const payload = 0x1000;
  const image = new Uint8Array(1024 + payload);
  const v = new DataView(image.buffer);
  v.setUint8(0x1f1, 1);
  v.setUint32(0x1f4, fields.syssize ?? payload / 16, true);
  v.setUint16(0x1fe, fields.bootFlag ?? 0xaa55, true);
  v.setUint8(0x200, 0xeb);
  v.setUint8(0x201, fields.headerLength ?? 0x26c - 0x202);
  image.set(ascii(fields.magic ?? "HdrS"), 0x202);
  v.setUint16(0x206, fields.version ?? 0x20f, true);
  v.setUint16(0x20e, 0x100, true); // kernel_version: at 0x300
  v.setUint8(0x211, fields.loadflags ?? 1);
  v.setUint32(0x214, 0x10_0000, true);
  v.setUint32(0x22c, fields.initrdMax ?? 0x7fff_ffff, true);
  v.setUint32(0x230, fields.alignment ?? 0x20_0000, true);
  v.setUint8(0x234, fields.relocatable ?? 1);
  v.setUint16(0x236, fields.xloadflags ?? 3, true);
  v.setUint32(0x238, fields.cmdlineSize ?? 2047, true);
  v.setBigUint64(0x258, BigInt(fields.preferred ?? 0x100_0000), true);
  v.setUint32(0x260, fields.initSize ?? 0x80_0000, true);
  image.set(ascii("6.1.0-test"), 0x300);
  image.set(code, 1024);
  image.set(code, 1024 + 0x200);
  return image;
}

export interface ElfFields {
  bits?: 32 | 64;
  machine?: number;
  entry?: number;
  virtual?: number;
  physical?: number;
  memorySize?: number;
  pvh?: number | null;
  prefix?: Uint8Array;
  data?: number;
}

/** An ELF executable with one PT_LOAD and, unless `pvh` is null, a PT_NOTE with the PVH entry between two other notes. */
export function elf(fields: ElfFields = {}, code: Uint8Array = Uint8Array.of(0xf4)): Uint8Array {
  const wide = (fields.bits ?? 64) === 64;
  const physical = fields.physical ?? 0x20_0000;
  const pvh = fields.pvh === undefined ? physical : fields.pvh;
  const image = new Uint8Array(0x1000 + code.length);
  const v = new DataView(image.buffer);
  const word = (at: number, x: number): void => (wide ? v.setBigUint64(at, BigInt(x), true) : v.setUint32(at, x, true));
  image.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, fields.data ?? 1, 1]);
  v.setUint16(0x10, 2, true);
  v.setUint16(0x12, fields.machine ?? (wide ? 62 : 3), true);
  word(0x18, fields.entry ?? physical);
  word(wide ? 0x20 : 0x1c, 0x100);
  v.setUint16(wide ? 0x36 : 0x2a, wide ? 56 : 32, true);
  v.setUint16(wide ? 0x38 : 0x2c, pvh === null ? 1 : 2, true);
  const header = (
    i: number,
    type: number,
    offset: number,
    virtual: number,
    paddr: number,
    size: number,
    memory: number,
  ): void => {
    const at = 0x100 + i * (wide ? 56 : 32);
    v.setUint32(at, type, true);
    word(at + (wide ? 8 : 4), offset);
    word(at + (wide ? 16 : 8), virtual);
    word(at + (wide ? 24 : 12), paddr);
    word(at + (wide ? 32 : 16), size);
    word(at + (wide ? 40 : 20), memory);
  };
  header(0, 1, 0x1000, fields.virtual ?? physical, physical, code.length, fields.memorySize ?? code.length);
  if (pvh !== null) {
    const note = (at: number, name: string, type: number, descriptor: number): void => {
      v.setUint32(at, name.length + 1, true);
      v.setUint32(at + 4, 4, true);
      v.setUint32(at + 8, type, true);
      image.set(ascii(name), at + 12);
      v.setUint32(at + 16, descriptor, true);
    };
    note(0x800, "GNU", 18, 0x666);
    note(0x814, "Xen", 6, 0x777);
    note(0x828, "Xen", 18, pvh);
    header(1, 4, 0x800, 0, 0, 0x3c, 0x3c);
  }
  image.set(code, 0x1000);
  if (fields.prefix !== undefined) image.set(fields.prefix, 0x200);
  return image;
}

/** A Multiboot 1 header (specification 3.1) with its checksum, and address fields where given. */
export function multibootHeader(flags: number, addresses: readonly number[] = []): Uint8Array {
  const out = new Uint8Array(12 + addresses.length * 4);
  const v = new DataView(out.buffer);
  v.setUint32(0, 0x1bad_b002, true);
  v.setUint32(4, flags, true);
  v.setUint32(8, -(0x1bad_b002 + flags) >>> 0, true);
  addresses.forEach((a, i) => v.setUint32(12 + i * 4, a, true));
  return out;
}
