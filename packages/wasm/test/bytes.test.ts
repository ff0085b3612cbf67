import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, WasmError } from "../src/index.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const reader = (text: string): ByteReader => new ByteReader(Uint8Array.from(Buffer.from(text, "hex")));
const malformed: unknown = expect.objectContaining({ code: "ISG_WASM_MALFORMED" });

/** LEB128 as the DWARF standard (version 5, section 7.6) describes it, one digit of base 128 after the other. */
function leb(value: bigint, signed: boolean): string {
  let text = "";
  for (let rest = value; ;) {
    const digit = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = signed ? (rest === 0n && digit < 64) || (rest === -1n && digit >= 64) : rest === 0n;
    text += (isLast ? digit : digit | 0x80).toString(16).padStart(2, "0");
    if (isLast) return text;
  }
}

const EDGES = [
  0n,
  1n,
  63n,
  64n,
  127n,
  128n,
  8191n,
  8192n,
  16383n,
  16384n,
  (1n << 20n) - 1n,
  1n << 20n,
  1n << 27n,
  1n << 28n,
];

describe("ByteWriter", () => {
  it.each([
    // DWARF 5, tables 7.7 and 7.8 (appendix C), and the example of the WebAssembly specification's LEB128 note.
    ["u32", 2, "02"],
    ["u32", 127, "7f"],
    ["u32", 128, "8001"],
    ["u32", 12857, "b964"],
    ["u32", 624485, "e58e26"],
    ["s32", 2, "02"],
    ["s32", -2, "7e"],
    ["s32", 127, "ff00"],
    ["s32", -127, "817f"],
    ["s32", -128, "807f"],
    ["s32", -129, "ff7e"],
    ["s32", -123456, "c0bb78"],
  ] as const)("writes the %s %i as %s", (kind, value, bytes) => {
    expect(hex(new ByteWriter()[kind](value).take())).toBe(bytes);
  });

  it("round-trips unsigned 32-bit integers", () => {
    for (const value of [...EDGES, 0x7fffffffn, 0x80000000n, 0xffffffffn]) {
      const bytes = new ByteWriter().u32(Number(value)).take();
      expect(hex(bytes)).toBe(leb(value, false));
      expect(new ByteReader(bytes).u32()).toBe(Number(value));
    }
  });

  it("round-trips signed 32-bit integers", () => {
    for (const value of [...EDGES, 0x7fffffffn].flatMap((edge) => [edge, -edge, -edge - 1n])) {
      const bytes = new ByteWriter().s32(Number(value)).take();
      expect(hex(bytes)).toBe(leb(value, true));
      expect(new ByteReader(bytes).signed(32)).toBe(value);
    }
  });

  it("round-trips signed 64-bit integers from two halves", () => {
    const wide = [1n << 31n, 1n << 32n, (1n << 34n) - 1n, 1n << 48n, (1n << 62n) - 1n, 1n << 62n, (1n << 63n) - 1n];
    for (const value of [...EDGES, ...wide].flatMap((edge) => [edge, -edge, -edge - 1n])) {
      const bytes = new ByteWriter()
        .s64(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
        .take();
      expect(hex(bytes)).toBe(leb(value, true));
      expect(new ByteReader(bytes).signed(64)).toBe(value);
    }
  });

  it.each(["", "memory", "größe", "漢字", "😀", "\u0000", "\ud800"])("writes the name %j as UTF-8", (text) => {
    const utf8 = Buffer.from(text, "utf8");
    const bytes = new ByteWriter().name(text).take();
    expect(hex(bytes)).toBe(hex(Buffer.from([utf8.length, ...utf8])));
    expect(new ByteReader(bytes).name()).toBe(utf8.toString("utf8"));
  });

  it("grows, and keeps what it holds", () => {
    const writer = new ByteWriter(1);
    for (let i = 0; i < 1000; i += 1) writer.u8(i & 0xff);
    writer
      .append(new ByteWriter().bytes([1, 2, 3]))
      .u32(0xffffffff)
      .s64(-1, -1);
    const taken = writer.take();
    expect(taken.length).toBe(writer.length);
    expect([...taken.subarray(0, 1000)]).toEqual(Array.from({ length: 1000 }, (_, i) => i & 0xff));
    expect(hex(taken.subarray(1000))).toBe("010203ffffffff0f7f");
    writer.u8(9);
    expect(taken.length).toBe(writer.length - 1);
  });
});

describe("ByteReader", () => {
  it("takes padded integers, which the format allows", () => {
    expect(reader("8380808000").u32()).toBe(3);
    expect(reader("feffffff7f").signed(32)).toBe(-2n);
  });

  it.each<[string, string, (r: ByteReader) => unknown]>([
    ["an unsigned integer of 33 bits", "ffffffff1f", (r) => r.u32()],
    ["an unsigned integer of 6 bytes", "808080808000", (r) => r.u32()],
    ["an unsigned integer that ends early", "8080", (r) => r.u32()],
    ["a signed integer of 33 bits", "ffffffff0f", (r) => r.signed(32)],
    ["a signed integer with a wrong sign in its last byte", "808080804f", (r) => r.signed(32)],
    ["a signed 64-bit integer of 11 bytes", "8080808080808080808000", (r) => r.signed(64)],
    ["a name that is too long", "0541", (r) => r.name()],
    ["a name with a lone continuation byte", "0180", (r) => r.name()],
    ["a name in overlong form", "02c080", (r) => r.name()],
    ["a name in overlong form of 3 bytes", "03e08080", (r) => r.name()],
    ["a name with a surrogate", "03eda080", (r) => r.name()],
    ["a name beyond U+10FFFF", "04f4908080", (r) => r.name()],
    ["a list that cannot be as long", "ffffffff0f00", (r) => r.list(() => r.u8())],
    ["a byte beyond the end", "", (r) => r.u8()],
    ["a part that is longer than the whole", "0300", (r) => r.part()],
  ])("refuses %s", (_, text, read) => {
    expect(() => read(reader(text))).toThrow(malformed);
    expect(() => read(reader(text))).toThrow(WasmError);
  });

  it("keeps a part from reading on", () => {
    const whole = reader("01aabb");
    const part = whole.part();
    expect(part.u8()).toBe(0xaa);
    expect(() => part.u8()).toThrow(malformed);
    expect(whole.u8()).toBe(0xbb);
  });
});
