import { type SyncCryptoProvider, noble } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { FIELD, type Layout, Structure, readNumber, writeNumber } from "../layout.js";
import { type EnclaveElf, dynamicSymbols } from "./elf.js";
import { type EnclaveLimits, EnclaveMeasurement, SECINFO, checkLimit } from "./measure.js";
import { SIGSTRUCT } from "./sigstruct.js";

// Enclaves of the Open Enclave SDK: one ELF file, a section .oeinfo with sizes and SIGSTRUCT, and a fixed order of pages (host/sgx/create.c, loadelf.c there).

const { bytes, number } = FIELD;
const PAGE = 4096;
const TCS_CONTROL_PAGES = 4;
/** What Open Enclave asks for with ECREATE. */
const SSA_FRAME_SIZE = 1;
const R_X86_64_TPOFF64 = 18;
/** Sizes that no enclave reaches; a hostile file ends here and not after hours. */
const MOST_PAGES = 2 ** 26;

/** oe_sgx_enclave_properties_t (include/openenclave/bits/sgx/sgxproperties.h). */
export const OE_PROPERTIES: Layout = {
  name: "Open Enclave properties",
  size: 1960,
  source: "Open Enclave SDK, sgxproperties.h",
  fields: [
    number("size", 0, 4, "size of this structure"),
    number("type", 4, 4, "2: SGX"),
    number("heap_pages", 8, 8, "pages of heap, added but not measured"),
    number("stack_pages", 16, 8, "pages of stack, for each thread"),
    number("tcs", 24, 8, "threads"),
    number("product_id", 32, 2, "ISVPRODID"),
    number("security_version", 34, 2, "ISVSVN"),
    number("flags", 36, 4, "bit 0: page faults are reported, bit 1: the enclave's base is 0"),
    bytes("family_id", 40, 16, "ISVFAMILYID"),
    bytes("extended_product_id", 56, 16, "ISVEXTPRODID"),
    number("attributes", 72, 8, "ATTRIBUTES.FLAGS"),
    number("xfrm", 80, 8, "XFRM, set when it is loaded"),
    number("start_address", 88, 8, "where it is loaded, if its base is 0"),
    number("oeinfo_rva", 96, 8, "where this structure lies; set when it is loaded"),
    number("oeinfo_size", 104, 8, "its size"),
    number("reloc_rva", 112, 8, "where the relocations lie"),
    number("reloc_size", 120, 8, "their size"),
    number("heap_rva", 128, 8, "where the heap begins"),
    number("enclave_size", 136, 8, "size of the enclave's range"),
    bytes("sigstruct", 144, SIGSTRUCT.size, "SIGSTRUCT; zero while it is measured"),
    number("end_marker", 1952, 8, "end"),
  ],
};

function bad(message: string): IsinglassError {
  return new IsinglassError("ISG_SGX_BAD_ELF", `Open Enclave: ${message}`);
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** `.oeinfo` of a file, or undefined where it is of another tool kit. */
export function openEnclaveProperties(elf: EnclaveElf): Structure | undefined {
  const section = elf.sections.get(".oeinfo");
  return section === undefined || section.data.length < OE_PROPERTIES.size
    ? undefined
    : new Structure(OE_PROPERTIES, section.data.subarray(0, OE_PROPERTIES.size));
}

/** Pages of the segments, each for itself: a file may name the same bytes a thousand times. */
function segmentPages(elf: EnclaveElf): number {
  return elf.loads.reduce((sum, one) => sum + Math.ceil(one.memorySize / PAGE), 0);
}

/** The image as it is loaded: segments at their addresses, up to a whole page. A file of a few bytes may claim any size for it. */
function loadImage(elf: EnclaveElf, limits: EnclaveLimits): Uint8Array {
  checkLimit(limits, "measured", segmentPages(elf));
  const end = elf.loads.reduce((most, one) => Math.max(most, one.address + one.memorySize), 0);
  if (end === 0) throw bad("it has no segments");
  const relocated = [".rela.dyn", ".rela.plt"].reduce(
    (sum, name) => sum + (elf.sections.get(name)?.data.length ?? 0),
    0,
  );
  checkLimit(limits, "image", roundUp(end, PAGE) / PAGE + roundUp(relocated, PAGE) / PAGE);
  const image = new Uint8Array(roundUp(end, PAGE));
  for (const one of elf.loads) image.set(elf.file.subarray(one.offset, one.offset + one.fileSize), one.address);
  return image;
}

function relocations(elf: EnclaveElf): Uint8Array {
  const parts = [".rela.dyn", ".rela.plt"].map((name) => elf.sections.get(name)?.data ?? new Uint8Array(0));
  if (parts[0]!.length === 0) return parts[0]!;
  const out = new Uint8Array(roundUp(parts[0]!.length + parts[1]!.length, PAGE));
  out.set(parts[0]!);
  out.set(parts[1]!, parts[0]!.length);
  for (let at = 0; at + 24 <= out.length; at += 24)
    if (readNumber(out, at + 8, 4) === BigInt(R_X86_64_TPOFF64))
      throw bad("it has thread-local relocations, which are not implemented");
  return out;
}

/** Writes what the loader writes into the image before it is measured. */
function patch(elf: EnclaveElf, image: Uint8Array, values: Readonly<Record<string, number>>): void {
  const symbols = dynamicSymbols(elf, Object.keys(values));
  for (const [name, value] of Object.entries(values)) {
    const at = symbols.get(name);
    if (at !== undefined && at + 8 <= image.length) writeNumber(image, at, 8, BigInt(value));
  }
}

/** Addresses in an enclave of 64 bits have at most so many bits that count. */
const ADDRESS_BITS = 47;

/** Where the pages begin in the enclave's range: at its base, or, in one whose base is 0, at an address of its own, which is then part of the range. */
function startOf(given: Structure): number {
  if ((given.number("flags") & 2) === 0) return 0;
  const start = given.big("start_address");
  if (start === 0n || start % BigInt(PAGE) !== 0n || start >> BigInt(ADDRESS_BITS) !== 0n)
    throw bad(
      `its base is 0 and its start address 0x${start.toString(16)}; a multiple of ${PAGE} above 0 and below 2^${ADDRESS_BITS} is right`,
    );
  return Number(start);
}

function powerOfTwo(size: number): bigint {
  return BigInt(2 ** Math.ceil(Math.log2(size)));
}

/**
 * MRENCLAVE of an Open Enclave file, signed or not.
 *
 * @throws IsinglassError `ISG_SGX_BAD_ELF`, `ISG_SGX_TOO_LARGE`
 */
export function measureOpenEnclave(
  elf: EnclaveElf,
  crypto: SyncCryptoProvider = noble,
  limits: EnclaveLimits = {},
): Uint8Array {
  const section = elf.sections.get(".oeinfo");
  const given = openEnclaveProperties(elf);
  if (section === undefined || given === undefined) throw bad("there is no section .oeinfo");
  const image = loadImage(elf, limits);
  if (section.address + OE_PROPERTIES.size > image.length) throw bad("its .oeinfo lies outside the image");
  const reloc = relocations(elf);
  const { tls } = elf;
  const tdata = elf.sections.get(".tdata");
  const tbss = elf.sections.get(".tbss");
  const sizeOf = (size: number, align: number): number => (size === 0 ? 0 : roundUp(size, Math.max(1, align)));
  const tlsBytes =
    sizeOf(tdata?.size ?? 0, tls?.align ?? tdata?.align ?? 1) + sizeOf(tbss?.size ?? 0, tbss?.align ?? 1);
  const tlsPages = roundUp(tlsBytes, PAGE) / PAGE;
  const [heap, stack, threads] = [given.number("heap_pages"), given.number("stack_pages"), given.number("tcs")];
  const perThread = 2 + stack + tlsPages + TCS_CONTROL_PAGES + 1;
  const total = image.length / PAGE + reloc.length / PAGE + heap + threads * perThread;
  if (!(total < MOST_PAGES)) throw bad(`it has ${total} pages; at most ${MOST_PAGES} are taken`);
  const start = startOf(given);
  const properties = new Structure(
    OE_PROPERTIES,
    image.subarray(section.address, section.address + OE_PROPERTIES.size),
  );
  properties.set("oeinfo_rva", section.address).set("oeinfo_size", OE_PROPERTIES.size).set("reloc_rva", image.length);
  properties
    .set("reloc_size", reloc.length)
    .set("heap_rva", image.length + reloc.length)
    .set("enclave_size", powerOfTwo(total * PAGE));
  properties.part("sigstruct").fill(0);
  const own = dynamicSymbols(elf, ["_enclave_rva"]).get("_enclave_rva");
  patch(elf, image, {
    ...(own === undefined ? {} : { _enclave_rva: own }),
    _reloc_rva: image.length,
    _reloc_size: reloc.length,
    _td_from_tcs_offset: (tlsPages + TCS_CONTROL_PAGES) * PAGE,
    ...(tdata === undefined
      ? {}
      : { _tdata_rva: tdata.address, _tdata_size: tdata.size, _tdata_align: tls?.align ?? tdata.align }),
    ...(tbss === undefined ? {} : { _tbss_size: tbss.size, _tbss_align: tbss.align }),
  });
  // host/sgx/sgxload.c: the range of an enclave whose base is 0 reaches from there to its last page; what the image is told of is the pages alone.
  const range = powerOfTwo(start + total * PAGE);
  return addPages(new EnclaveMeasurement(range, SSA_FRAME_SIZE, crypto, limits), elf, image, reloc, {
    start,
    heap,
    stack,
    threads,
    tlsPages,
  });
}

interface Sizes {
  readonly start: number;
  readonly heap: number;
  readonly stack: number;
  readonly threads: number;
  readonly tlsPages: number;
}

function addPages(
  measurement: EnclaveMeasurement,
  elf: EnclaveElf,
  image: Uint8Array,
  reloc: Uint8Array,
  sizes: Sizes,
): Uint8Array {
  const { start, heap, stack, threads, tlsPages } = sizes;
  const measured = segmentPages(elf) + reloc.length / PAGE + threads * (stack + TCS_CONTROL_PAGES + tlsPages);
  measurement.expect(measured + heap, measured);
  const data = SECINFO.REG | SECINFO.R | SECINFO.W;
  for (const one of elf.loads) {
    // ELF has X, W, R as bits 0 to 2; SECINFO the other way round.
    const flags = SECINFO.REG | ((one.flags & 4) >> 2) | (one.flags & 2) | ((one.flags & 1) << 2);
    const last = one.address + one.memorySize;
    for (let at = Math.floor(one.address / PAGE) * PAGE; at < last; at += PAGE)
      measurement.addPage(start + at, flags, image.subarray(at, at + PAGE));
  }
  let next = start + image.length;
  for (let at = 0; at < reloc.length; at += PAGE, next += PAGE)
    measurement.addPage(next, SECINFO.REG | SECINFO.R, reloc.subarray(at, at + PAGE));
  for (let i = 0; i < heap; i += 1, next += PAGE) measurement.add(next, data);
  const filled = new Uint8Array(PAGE).fill(0xcc);
  const empty = new Uint8Array(PAGE);
  for (let thread = 0; thread < threads; thread += 1) {
    next += PAGE;
    for (let i = 0; i < stack; i += 1, next += PAGE) measurement.addPage(next, data, filled);
    next += PAGE;
    measurement.addPage(next, SECINFO.TCS, tcs(next, start + elf.entry, tlsPages));
    for (let i = 1; i < TCS_CONTROL_PAGES + tlsPages + 1; i += 1)
      if (i !== TCS_CONTROL_PAGES - 1) measurement.addPage(next + PAGE * i, data, empty);
    next += PAGE * (TCS_CONTROL_PAGES + tlsPages + 1);
  }
  return measurement.finish();
}

/** A thread control structure (SDM vol. 3D, 34.8): two save frames after it, FS and GS at the thread's data. */
function tcs(at: number, entry: number, tlsPages: number): Uint8Array {
  const page = new Uint8Array(PAGE);
  const segment = at + (tlsPages + TCS_CONTROL_PAGES) * PAGE;
  writeNumber(page, 16, 8, BigInt(at + PAGE));
  writeNumber(page, 28, 4, 2n);
  writeNumber(page, 32, 8, BigInt(entry));
  writeNumber(page, 48, 8, BigInt(segment));
  writeNumber(page, 56, 8, BigInt(segment));
  writeNumber(page, 64, 4, 0xffff_ffffn);
  writeNumber(page, 68, 4, 0xffff_ffffn);
  return page;
}
