import { IsinglassError, type VmExit } from "@isinglass/interface";
import { Core } from "./core.js";
import { EXCEPTION_NAMES } from "./exception-names.js";
import { type CodeMode, setFlatState } from "./flat-state.js";
import { PageTableBuilder } from "./page-tables.js";
import { MiB } from "./pc-memory.js";
import { registerBits } from "./vcpu-registers.js";

/** A number as JSON has it: an integer, or text such as "0x7fff_0000" or "42". */
export type JsonNumber = number | string;

/** A range of linear addresses that is there. Everything else faults. */
export interface ExecRegion {
  readonly address: JsonNumber;
  /** Contents as hexadecimal digits; may be shorter than `length`. */
  readonly bytes?: string;
  /** Bytes; that of `bytes` by default. Whole pages are mapped. */
  readonly length?: JsonNumber;
  /** true by default. */
  readonly writable?: boolean;
  /** false by default; has no effect in 16- and 32-bit mode. */
  readonly executable?: boolean;
}

/** What to execute; see docs/exec-schema.md for the JSON. */
export interface ExecRequest {
  /** Machine code as hexadecimal digits. */
  readonly code: string;
  readonly mode: CodeMode;
  /** Where the code lies; 0x1000 in 16-bit mode, else 0x400000. */
  readonly address?: JsonNumber;
  /** CPL 3; not in 16-bit mode. */
  readonly user?: boolean;
  /** Most instructions; 1,000,000 by default. */
  readonly max?: number;
  /** CPU model. */
  readonly cpu?: string;
  /** Initial values by register name, such as `rax`, `rflags`, `fs.base`, `xmm0`, `mxcsr`, `st0`, `fcw`. Others are zero, or as after FNINIT. */
  readonly registers?: Readonly<Record<string, JsonNumber>>;
  readonly memory?: readonly ExecRegion[];
}

export interface ExecResult {
  /** Why it ended: HLT; an exception; `max` instructions; something that a bare CPU cannot do alone; not implemented. */
  readonly stop: "hlt" | "fault" | "limit" | "exit" | "not-implemented";
  /** Retired, as every machine counts them: the HLT at the end is one, an iteration of REP is one, and so is a fault. */
  readonly instructions: number;
  /** All registers by name, as "0x…". */
  readonly registers: Readonly<Record<string, string>>;
  /** Ranges of bytes that differ from what they were. */
  readonly memory: readonly { readonly address: string; readonly bytes: string }[];
  readonly fault: {
    readonly vector: number;
    readonly name: string;
    readonly errorCode: number | null;
    readonly address: string;
  } | null;
  /** The exit, for `exit` and `not-implemented`. */
  readonly exit: Readonly<Record<string, string | number>> | null;
}

const PAGE = 4096n;
const STACK_BYTES = 0x4000n;
const MOST_PAGES = 65536;
const DEFAULT_MAX = 1_000_000;
const HLT_OPCODE = 0xf4;
const GENERAL_PROTECTION = 13;
const PAGE_FAULT = 14;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

function bad(what: string): IsinglassError {
  return new IsinglassError("ISG_EXEC_BAD_REQUEST", `exec: ${what}`);
}

function number(value: JsonNumber, what: string): bigint {
  try {
    if (typeof value === "number" ? Number.isSafeInteger(value) : /^(0x[\da-f_]+|\d+)$/i.test(value))
      return BigInt(String(value).replaceAll("_", ""));
  } catch {
    // Falls through to the message.
  }
  throw bad(`${what} is ${JSON.stringify(value)}; an integer, or text such as "0x1000", is right`);
}

/** Bytes of hexadecimal digits; white space is ignored. */
export function parseHex(text: string, what: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0 || !/^[\da-f]*$/i.test(digits))
    throw bad(`${what} is not an even number of hexadecimal digits`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** A register's value; signed or unsigned, as an operand of its size may be. */
function registerValue(name: string, given: JsonNumber, mode: CodeMode): bigint {
  const value = number(given, name);
  const bits = registerBits(name, mode);
  if (bits !== undefined && (value >> BigInt(bits) > 0n || value < -(1n << BigInt(bits - 1))))
    throw bad(`${name} is ${JSON.stringify(given)}: it has ${bits} bits${mode === 64 ? "" : ` in ${mode}-bit mode`}`);
  return bits === undefined ? value : BigInt.asUintN(bits, value);
}

interface Page {
  readonly address: bigint;
  gpa: number;
  writable: boolean;
  executable: boolean;
  readonly bytes: Uint8Array;
}

const pageOf = (address: bigint): bigint => address & ~(PAGE - 1n);

/** Collects the pages of all regions; where regions share one, it has the rights of both. */
class Pages {
  readonly list: Page[] = [];
  readonly #byAddress = new Map<bigint, Page>();
  readonly #filled: { readonly from: bigint; readonly to: bigint; readonly name: string }[] = [];

  /** Refuses two contents for one byte. The default stack is none: it may be filled. */
  fill(name: string, from: bigint, length: bigint): void {
    const to = from + length;
    const other = this.#filled.find((one) => from < one.to && one.from < to);
    if (other !== undefined) {
      const both = from > other.from ? from : other.from;
      throw bad(
        `${name} at ${hex(from)} overlaps ${other.name} at ${hex(other.from)}: both have the byte at ${hex(both)}`,
      );
    }
    this.#filled.push({ from, to, name });
  }

  add(address: bigint, length: bigint, bytes: Uint8Array, writable: boolean, executable: boolean, last: bigint): void {
    if (length < BigInt(bytes.length))
      throw bad(`the region at 0x${address.toString(16)} has ${bytes.length} bytes in ${length}`);
    if (length === 0n || address < 0n || address + length - 1n > last) {
      throw bad(
        `a region of ${length} bytes at 0x${address.toString(16)}; between 0 and 0x${last.toString(16)} is right in this mode`,
      );
    }
    if (length / PAGE + BigInt(this.list.length) > MOST_PAGES) throw bad(`more than ${MOST_PAGES} pages of memory`);
    for (let at = pageOf(address); at < address + length; at += PAGE) {
      let page = this.#byAddress.get(at);
      if (page === undefined) {
        page = { address: at, gpa: 0, writable: false, executable: false, bytes: new Uint8Array(Number(PAGE)) };
        this.#byAddress.set(at, page);
        this.list.push(page);
      }
      page.writable ||= writable;
      page.executable ||= executable;
    }
    bytes.forEach((byte, i) => {
      const at = address + BigInt(i);
      this.#byAddress.get(pageOf(at))!.bytes[Number(at % PAGE)] = byte;
    });
  }
}

/** Highest linear address of a mode. 64-bit mode: the lower canonical half. */
const LAST: Readonly<Record<CodeMode, bigint>> = { 16: 0x10ffefn, 32: 0xffffffffn, 64: 0x7fffffffffffn };
const CODE_AT: Readonly<Record<CodeMode, bigint>> = { 16: 0x1000n, 32: 0x400000n, 64: 0x400000n };
const STACK_TOP: Readonly<Record<CodeMode, bigint>> = { 16: 0xf000n, 32: 0x7fff0000n, 64: 0x7ffffff00000n };

/**
 * Runs machine code from a given state on a machine of its own until HLT, a fault or a number of instructions, and says what became of
 * registers and memory. Code, stack and the regions given are mapped; anything else faults, as it would for a process.
 *
 * @throws IsinglassError `ISG_EXEC_BAD_REQUEST`, `ISG_CPU_UNKNOWN_REGISTER`, `ISG_CPU_UNKNOWN_MODEL`
 *
 * @example
 * const result = execute({ code: '48 01 d8 f4', mode: 64, registers: { rax: 40, rbx: 2 } }); // add rax, rbx; hlt
 * result.registers.rax; // '0x2a'
 */
export function execute(request: ExecRequest): ExecResult {
  if (typeof request !== "object" || request === null) throw bad("there is no request; { code, mode } is right");
  const { mode } = request;
  if (mode !== 16 && mode !== 32 && mode !== 64) throw bad(`mode is ${String(mode)}; 16, 32 or 64 is right`);
  if (mode === 16 && request.user === true) throw bad("user is true, but 16-bit mode is real mode, which has no user");
  const max = request.max ?? DEFAULT_MAX;
  if (!Number.isSafeInteger(max) || max < 0) throw bad(`max is ${max}; a number of instructions is right`);
  const address = number(request.address ?? CODE_AT[mode].toString(), "address");
  const code = parseHex(request.code, "code");
  if (code.length === 0) throw bad("code is empty");
  const pages = new Pages();
  const last = LAST[mode];
  pages.add(address, BigInt(code.length), code, true, true, last);
  pages.fill("the code", address, BigInt(code.length));
  const stackTop = STACK_TOP[mode];
  if (request.registers?.["rsp"] === undefined)
    pages.add(stackTop - STACK_BYTES, STACK_BYTES, new Uint8Array(0), true, false, last);
  for (const [i, region] of (request.memory ?? []).entries()) {
    const bytes = parseHex(region.bytes ?? "", "bytes of a region");
    const length = region.length === undefined ? BigInt(bytes.length) : number(region.length, "length of a region");
    const start = number(region.address, "address of a region");
    pages.add(start, length, bytes, region.writable ?? true, region.executable ?? false, last);
    pages.fill(`region ${i} of memory`, start, length);
  }
  const core = prepare(request, pages.list);
  const { registers } = core.vcpu;
  // After a reset it holds the CPU's signature (SDM vol. 3A, table 10-1), which is of no use here.
  registers.set("rdx", 0n);
  registers.set("rsp", stackTop);
  for (const [name, value] of Object.entries(request.registers ?? {}))
    if (name !== "rip") registers.set(name, registerValue(name, value, mode));
  registers.set(
    "rip",
    request.registers?.["rip"] === undefined ? address : registerValue("rip", request.registers["rip"], mode),
  );
  const exit = core.vm.run(max);
  return report(core, pages.list, exit);
}

/** A machine whose memory holds the pages, with everything intercepted that would need more than a CPU. */
function prepare(request: ExecRequest, list: readonly Page[]): Core {
  const { mode, cpu, user = false } = request;
  // Page tables: at most one table a level and page.
  const tables = mode === 16 ? 0 : list.length * 3 + 1;
  const bytes = mode === 16 ? 2 * MiB : Math.ceil(((list.length + tables) * Number(PAGE)) / MiB) * MiB;
  const core = new Core(
    { codeBytes: 2 * MiB, ...(cpu === undefined ? {} : { cpu }) },
    {
      ram: [{ gpa: 0, length: bytes, offset: 0, name: "memory" }],
      ramBytes: bytes,
      exitOnUnclaimed: true,
      onLeave: () => undefined,
    },
  );
  const { controls } = core.vcpu;
  controls.exceptionBitmap = -1;
  controls.hlt = true;
  const memory = core.physical;
  let next = 0;
  const allocate = (): number => {
    const page = next;
    next += Number(PAGE);
    return page;
  };
  const builder = mode === 16 ? undefined : new PageTableBuilder(memory, mode === 64 ? 4 : 2, allocate);
  for (const page of list) {
    page.gpa = builder === undefined ? Number(page.address) : allocate();
    memory.write(page.gpa, page.bytes);
    builder?.map(page.address, page.gpa, page);
  }
  setFlatState(core.vcpu.cpu, { mode, user, ...(builder === undefined ? {} : { pageTables: builder.root }) });
  return core;
}

/** Runs of bytes that changed. */
function changes(core: Core, list: readonly Page[]): ExecResult["memory"] {
  const found: { start: bigint; bytes: number[] }[] = [];
  const now = new Uint8Array(Number(PAGE));
  for (const page of [...list].sort((a, b) => (a.address < b.address ? -1 : 1))) {
    core.physical.read(page.gpa, now);
    now.forEach((byte, i) => {
      if (byte === page.bytes[i]) return;
      const at = page.address + BigInt(i);
      const run = found.at(-1);
      if (run !== undefined && run.start + BigInt(run.bytes.length) === at) run.bytes.push(byte);
      else found.push({ start: at, bytes: [byte] });
    });
  }
  return found.map(({ start, bytes }) => ({
    address: hex(start),
    bytes: bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  }));
}

function report(core: Core, list: readonly Page[], exit: VmExit): ExecResult {
  const { registers, instructions } = core.vcpu;
  // An intercepted page fault has not reached CR2 yet (SDM vol. 3C, 28.1); this program ends with it.
  if (exit.reason === "exception" && exit.vector === PAGE_FAULT) registers.set("cr2", exit.address);
  const result = {
    instructions,
    registers: Object.fromEntries(registers.names.map((name) => [name, hex(registers.get(name))])),
    memory: changes(core, list),
    fault: null,
    exit: null,
  };
  switch (exit.reason) {
    case "hlt":
      // Intercepted, it has not been counted; a machine that executes it counts it.
      return { ...result, stop: "hlt", instructions: instructions + 1 };
    case "budget":
      return { ...result, stop: "limit" };
    case "exception": {
      // HLT of a user is privileged; here it means the end all the same.
      if (exit.vector === GENERAL_PROTECTION && byteAt(core, list) === HLT_OPCODE) return { ...result, stop: "hlt" };
      const { vector, errorCode, address } = exit;
      return {
        ...result,
        stop: "fault",
        fault: { vector, name: EXCEPTION_NAMES[vector] ?? `#${vector}`, errorCode, address: hex(address) },
      };
    }
    default: {
      const fields = Object.entries(exit).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === "number" || typeof value === "string"
          ? value
          : typeof value === "bigint"
            ? hex(value)
            : bytesOf(value),
      ]);
      const detail = Object.fromEntries(fields) as Record<string, string | number>;
      return { ...result, stop: exit.reason === "not-implemented" ? "not-implemented" : "exit", exit: detail };
    }
  }
}

function bytesOf(value: unknown): string {
  return value instanceof Uint8Array
    ? Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")
    : String(value);
}

function byteAt(core: Core, list: readonly Page[]): number {
  const { address } = core.vcpu;
  const page = list.find((p) => p.address === pageOf(address));
  if (page === undefined) return -1;
  const byte = new Uint8Array(1);
  core.physical.read(page.gpa + Number(address % PAGE), byte);
  return byte[0]!;
}
