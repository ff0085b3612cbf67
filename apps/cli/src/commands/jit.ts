import {
  ASSIST_NAMES,
  MODE_CODE_16,
  MODE_CODE_32,
  MODE_FLAT,
  MODE_LONG,
  MODE_STACK_32,
  X86Isa,
  codeBits,
} from "@isinglass/cpu-x86";
import { IsinglassError } from "@isinglass/interface";
import {
  DEFAULT_POLICY,
  type JitObserver,
  type PcMachine,
  RegionLog,
  type RegionRecord,
  type RegionShape,
  type RegionView,
  type TierPolicy,
  pc,
  shapeOfCode,
  viewRegion,
} from "@isinglass/machine";
import { type Command, type Invocation, codeMode, flag, integer, text } from "../command.js";
import { instructionText } from "../divergence-text.js";
import { parsePolicy } from "../engine-options.js";
import { parseHex, readInput } from "../input.js";
import { CPU_OPTION, MEMORY_OPTION, cpu, memory } from "../board-options.js";
import { advice } from "../explain-text.js";
import { HOT, parseAddress } from "../explainer.js";
import { Progress } from "../progress.js";
import { stateName } from "../state-names.js";

const MODES: Readonly<Record<16 | 32 | 64, number>> = {
  16: MODE_CODE_16,
  32: MODE_CODE_32 | MODE_STACK_32 | MODE_FLAT,
  64: MODE_LONG,
};
const CODE_AT = 0x1000n;
const MAX = 500_000_000;
const SLICE = 1_000_000;
const COLUMN = 58;

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** A region with the guest's bytes, which may change after it was compiled. */
interface Found {
  readonly shape: RegionShape;
  /** Linear address of the page of its entry. */
  readonly page: bigint;
  /** Guest bytes by distance of their page from the entry's. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

function given(invocation: Invocation, policy: TierPolicy): Found {
  const code = parseHex(text(invocation, "code")!);
  if (code === undefined)
    throw usage(`--code ${text(invocation, "code")}: hexadecimal bytes such as 4801d8c3 are right`);
  const mode = MODES[codeMode(invocation)];
  const shape = shapeOfCode(new X86Isa(), code, mode, 0, policy);
  if (shape === undefined)
    throw new IsinglassError(
      "ISG_CLI_NOT_COMPILED",
      "isg jit: nothing is compiled there: the first instruction is always interpreted, or cut",
    );
  const pages = new Map<number, Uint8Array>();
  for (let at = 0; at < code.length; at += 4096) pages.set(at >> 12, code.subarray(at, at + 4096));
  return { shape, page: CODE_AT, pages };
}

/** Runs a kernel until the code at an address has been compiled; `undefined`: to the end, for the region that was busiest then. */
async function running(invocation: Invocation, address: bigint | undefined, policy: TierPolicy): Promise<Found> {
  const kernel = text(invocation, "kernel");
  if (kernel === undefined) throw usage("isg jit ADDR: --kernel FILE is needed, or --code HEX instead of ADDR");
  const initrd = text(invocation, "initrd");
  const max = integer(invocation, "max", MAX);
  const machine = pc({ memory: memory(invocation, "256M"), tier: policy, ...cpu(invocation) }).build();
  machine.loadKernel({
    kernel: await readInput(kernel, "--kernel"),
    ...(initrd === undefined ? {} : { initrd: await readInput(initrd, "--initrd") }),
    commandLine: text(invocation, "append") ?? "",
  });
  const interpreter = machine.vcpu.interpreter!;
  const jit = interpreter.jit!;
  const log = new RegionLog(jit);
  const { u8 } = machine.vcpu.cpu;
  const found = new Map<RegionRecord, Found>();
  const observer: JitObserver = {
    compiled: (waiting, shape, ...rest) => {
      log.compiled(waiting, shape, ...rest);
      const page = BigInt.asUintN(64, (BigInt(waiting.hi) << 32n) | BigInt((waiting.lo & ~0xfff) >>> 0));
      if (address !== undefined) {
        const within = Number(BigInt.asIntN(64, address - page));
        if (found.size > 0 || !shape.blocks.some(({ offset, end }) => within >= offset && within < end)) return;
      }
      const pages = new Map([...shape.pages].map(([delta, host]) => [delta, u8.slice(host, host + 4096)]));
      found.set(log.records.at(-1)!, { shape, page, pages });
    },
    refused: (waiting) => log.refused(waiting),
    dropped: (region, why, use) => log.dropped(region, why, use),
  };
  jit.observer = observer;
  const isFound = (): boolean => address !== undefined && found.size > 0;
  const progress = new Progress();
  try {
    while (!isFound() && machine.instructions < max) {
      const { reason } = machine.run(Math.min(SLICE, max - machine.instructions));
      if (machine.stopReason !== undefined || (reason !== "budget" && reason !== "hlt")) break;
      // Nobody types here: a guest that halts with no timer set has ended.
      if (reason === "hlt" && machine.vm.clock.next() === Infinity) break;
      progress.tick(() => `running the kernel: ${(machine.instructions / 1e6).toFixed(0)} million instructions`);
    }
  } finally {
    progress.clear();
  }
  log.refresh(interpreter.code);
  const [best] = [...found].toSorted(([a], [b]) => b.use.executed - a.use.executed);
  if (best !== undefined) return best[1];
  throw new IsinglassError("ISG_CLI_NOT_COMPILED", notCompiled(machine, address, log));
}

function notCompiled({ instructions, vcpu }: PcMachine, address: bigint | undefined, log: RegionLog): string {
  if (address === undefined) return `isg jit hot: nothing was compiled in ${instructions} instructions`;
  const [lo, hi] = [Number(BigInt.asIntN(32, address)), Number(BigInt.asIntN(32, address >> 32n))];
  const explanation = vcpu.interpreter!.explain(lo, hi, log);
  const why = explanation.why.at(-1) ?? "no region covers it";
  const help = advice(explanation);
  const rest = help === undefined ? "" : `; ${help}`;
  return `isg jit: nothing at ${hex(address)} was compiled in ${instructions} instructions: ${why}${rest}`;
}

/** Bytes of an instruction, which may reach into a second page. */
function bytesAt({ pages }: Found, offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => pages.get((offset + i) >> 12)?.[(offset + i) & 0xfff] ?? 0);
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const [a = "", b = ""] = [left[i], right[i]];
    const rows =
      a.length > COLUMN ? [`    ${a}`, `    ${"".padEnd(COLUMN)} | ${b}`] : [`    ${a.padEnd(COLUMN)} | ${b}`];
    return rows.map((row) => row.trimEnd()).join("\n");
  });
}

function lines(found: Found, view: RegionView): string[] {
  const { shape, page } = found;
  const mode = codeBits(shape.mode);
  const each = (view.bytes / shape.instructions).toFixed(1);
  const out = [
    `region at ${hex(page + BigInt(view.entry))}: ${shape.instructions} instructions in ${view.blocks.length} blocks, ${view.guestBytes} bytes of guest code`,
    `micro-ops ${view.opsBefore} before folding, ${view.opsAfter} after; ${view.bytes} bytes of WebAssembly, ${each} an instruction`,
  ];
  for (const block of view.blocks) {
    out.push("", `block at ${hex(page + BigInt(block.offset))}`);
    for (const { offset, length, before, after } of block.instructions) {
      const address = page + BigInt(offset);
      const bytes = bytesAt(found, offset, length);
      const shown = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");
      out.push(`  ${hex(address)}  ${shown.padEnd(24)}  ${instructionText(bytes, address, mode).text}`);
      out.push(...beside(before, after));
    }
  }
  return [...out, "", "WebAssembly", ...view.wasm];
}

function json(found: Found, view: RegionView): unknown {
  const { shape, page } = found;
  const mode = codeBits(shape.mode);
  return {
    ...view,
    entry: hex(page + BigInt(view.entry)),
    blocks: view.blocks.map((block) => ({
      offset: block.offset,
      ending: block.ending,
      instructions: block.instructions.map((one) => {
        const address = page + BigInt(one.offset);
        const bytes = bytesAt(found, one.offset, one.length);
        return {
          address: hex(address),
          bytes: [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(""),
          text: instructionText(bytes, address, mode).text,
          before: one.before,
          after: one.after,
        };
      }),
    })),
  };
}

function bound(kind: string, lo: number, hi: number): string {
  if (kind === "state") return stateName(lo) ?? `${lo}`;
  if (kind === "i64") return hex(BigInt.asUintN(64, (BigInt(hi) << 32n) | BigInt(lo >>> 0)));
  return `${lo}`;
}

export const JIT: Command = {
  name: "jit",
  words: "ADDR|hot",
  summary:
    "Shows what the region compiler makes of guest code: Intel text, micro-ops before and after folding side by side, and WebAssembly text. With --code of the bytes given; else a kernel is run until the code at ADDR has been compiled, or with hot to the end of --max, for its busiest region.",
  options: {
    code: { type: "string", value: "HEX", help: "this code instead of a kernel's" },
    mode: { type: "string", value: "16|32|64", help: "its code size; 64 unless given" },
    kernel: { type: "string", value: "FILE", help: "bzImage, or an ELF kernel with a PVH entry" },
    initrd: { type: "string", value: "FILE", help: "initramfs" },
    append: { type: "string", value: "TEXT", help: "the kernel's command line, such as nokaslr" },
    memory: MEMORY_OPTION,
    cpu: CPU_OPTION,
    max: { type: "string", value: "N", alias: "limit", help: `give up after N instructions; ${MAX} unless given` },
    policy: { type: "string", value: "K=V,...", help: "when code is compiled, as isg run has it" },
    json: { type: "boolean", help: "for programs" },
  },
  example: "isg jit --code 4801d8ffc975f9c3",
  async run(invocation) {
    const words = text(invocation, "policy");
    const policy = words === undefined ? DEFAULT_POLICY : parsePolicy(words, DEFAULT_POLICY);
    const isCode = text(invocation, "code") !== undefined;
    const [where, ...more] = invocation.words;
    if (more.length > 0 || isCode === (where !== undefined))
      throw usage("isg jit: either one ADDR with --kernel FILE, or --code HEX");
    const misplaced = (isCode ? ["kernel", "initrd", "append", "memory", "cpu", "max"] : ["mode"]).find(
      (name) => invocation.options[name] !== undefined,
    );
    if (misplaced !== undefined)
      throw usage(`isg jit: --${misplaced} belongs to ${isCode ? "ADDR, not to --code" : "--code, not to ADDR"}`);
    const address = where === HOT || where === undefined ? undefined : parseAddress(where);
    if (address === undefined && where !== undefined && where !== HOT)
      throw usage(`isg jit "${where}": an address such as 0x100000 is right, or ${HOT}`);
    const found = isCode ? given(invocation, policy) : await running(invocation, address, policy);
    const view = viewRegion(new X86Isa(), found.shape, {
      stateName,
      assistName: (id) => ASSIST_NAMES[id],
      holeName: bound,
    });
    const out = flag(invocation, "json")
      ? JSON.stringify(json(found, view), undefined, 2)
      : lines(found, view).join("\n");
    process.stdout.write(`${out}\n`);
    return 0;
  },
};
