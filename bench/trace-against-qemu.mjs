// Runs the same code from the same state under our vCPU and under QEMU, an instruction at a time, and names the first one after which registers differ.
import { Instruction, FORMS, decode, formatIntel } from "@isinglass/isa-x86";
import { MIB } from "./lib/emulators.mjs";
import { createGuest } from "./lib/guest.mjs";
import { COMMAND_LINE, guestFiles } from "./lib/guest-files.mjs";
import { count, readOptions } from "./lib/options.mjs";
import { startLockstep } from "./lib/qemu-lockstep.mjs";

const options = readOptions(
  `usage: pnpm bench trace-against-qemu [--kernel installer|cloud] [--start ADDRESS] [--max N] [--keep-going N]

Boots the kernel under both from the same memory and registers and compares RIP, general registers and RFLAGS after each of N instructions (100,000 unless told), from
the kernel's entry or from the first arrival at ADDRESS. A repeated string instruction counts as one. Results of RDTSC, CPUID, port input and reads of devices
are taken over from QEMU; flags that an instruction leaves undefined are too. The exit code is 1 where registers differ; --keep-going takes QEMU's registers over
that many times and goes on.`,
  {
    kernel: { type: "string", default: "cloud" },
    start: { type: "string" },
    max: { type: "string", default: "100000" },
    "keep-going": { type: "string", default: "0" },
  },
);
const MEMORY = 256 * MIB;
const NAMES = [
  "rip",
  "rax",
  "rcx",
  "rdx",
  "rbx",
  "rsp",
  "rbp",
  "rsi",
  "rdi",
  "r8",
  "r9",
  "r10",
  "r11",
  "r12",
  "r13",
  "r14",
  "r15",
  "rflags",
];
const GENERAL = NAMES.slice(1, -1);
/** CF PF AF ZF SF TF IF DF OF IOPL NT AC ID; RF is QEMU's own business while it steps. */
const FLAGS = 0x247fd5n;
const DIFFER_BY_NATURE = new Set(["rdtsc", "rdtscp", "cpuid", "in", "rdmsr", "rdrand", "rdseed", "rdpmc", "ins"]);
const RECENT = 12;
/** A repeated instruction ends after so many steps at the latest. */
const LONGEST_REP = 100_000_000;

const files = guestFiles();
const guest = createGuest({
  memory: MEMORY,
  kernel: files.kernels[options.kernel],
  initrd: files.initrd,
  append: COMMAND_LINE,
  onOutput: () => {},
});
const { machine, cpu } = guest;
const { client, close } = await startLockstep(guest, MEMORY);
const insn = new Instruction();
const taken = new Map();
try {
  await trace();
} finally {
  close();
}
process.exit();

async function trace() {
  if (options.start !== undefined) await arrive(BigInt(options.start));
  const max = count(options.max, "max");
  let patience = Number(options["keep-going"]);
  const recent = [];
  let theirs = await client.registers();
  let before = ours();
  // At the kernel's entry QEMU has what the stub firmware left in registers that mean nothing there.
  if (options.start === undefined && before.rip === theirs.rip) {
    takeOver(theirs);
    before = ours();
  }
  if (report(differences(before, theirs), "before the first instruction", recent, before, theirs)) return;
  for (let n = 1; n <= max; n++) {
    const here = next(before.rip);
    recent.push(`0x${before.rip.toString(16)}  ${here.text}`);
    if (recent.length > RECENT) recent.shift();
    theirs = await stepBoth(here, before.rip);
    let after = ours();
    const wrong = differences(after, theirs, ~BigInt(here.undefinedFlags));
    const natural = DIFFER_BY_NATURE.has(here.mnemonic) && !wrong.includes("rip") && wrong.length > 0;
    if (natural) taken.set(here.mnemonic, (taken.get(here.mnemonic) ?? 0) + 1);
    else if (wrong.length > 0) {
      report(wrong, `after instruction ${n}`, recent, after, theirs);
      if (patience-- <= 0 || wrong.includes("rip")) return;
    }
    if (natural || wrong.length > 0 || differences(after, theirs).length > 0) {
      takeOver(theirs);
      after = ours();
    }
    before = after;
  }
  const list = [...taken].map(([name, n]) => `${name} ${n}`).join(", ");
  console.log(
    `${max} instructions, from 0x${(options.start === undefined ? guest.loaded.state.registers.rip : BigInt(options.start)).toString(16)}: registers equal after each (taken over from QEMU: ${list || "nothing"})`,
  );
}

/** Both run to the first arrival at an address. */
async function arrive(address) {
  await client.runTo(address);
  machine.vm.addBreakpoint(address);
  const exit = guest.run(1e12);
  machine.vm.removeBreakpoint(address);
  if (exit.reason !== "breakpoint")
    throw new Error(`ours stopped with "${exit.reason}" on the way to 0x${address.toString(16)}`);
}

/** The instruction at our RIP. */
function next(rip) {
  const at = guest.codeAt();
  if (at < 0) return { text: "(not mapped)", mnemonic: "", length: 0, rep: false, undefinedFlags: 0 };
  const mode = cpu.is64 ? 64 : 32;
  // An instruction that spans two pages is read as far as the first goes; nothing but its text depends on that.
  const length = decode(cpu.u8, at, (at | 4095) + 1, mode, insn);
  if (length <= 0) return { text: "(spans pages)", mnemonic: "", length: 0, rep: false, undefinedFlags: 0 };
  const form = FORMS[insn.form];
  const bytes = cpu.u8.subarray(at, at + length);
  const rep = form.rep !== "none" && [...bytes].some((byte) => byte === 0xf3 || byte === 0xf2);
  // Shifts by more than one leave OF undefined whatever the table says of a shift by one.
  const shift = /^(sh[lr]d?|sa[lr]|ro[lr]|rc[lr])$/.test(form.mnemonic) ? 0x811 : 0;
  return {
    text: formatIntel(insn, rip),
    mnemonic: form.mnemonic,
    length,
    rep,
    undefinedFlags: form.flagsUndefined | shift,
  };
}

/** Steps both over one instruction, over all iterations of a repeated one; gives QEMU's registers. */
async function stepBoth({ rep, length }, rip) {
  guest.run(1);
  if (!rep) {
    await client.step();
    return client.registers();
  }
  for (let i = 0; i < LONGEST_REP && machine.vcpu.registers.get("rip") === rip; i++) guest.run(1);
  await client.runTo(rip + BigInt(length));
  return client.registers();
}

function ours() {
  const out = {};
  for (const name of NAMES) out[name] = machine.vcpu.registers.get(name);
  return out;
}

function differences(a, b, mask = -1n) {
  return NAMES.filter((name) =>
    name === "rflags" ? ((a[name] ^ b[name]) & FLAGS & mask) !== 0n : a[name] !== b[name],
  );
}

function takeOver(theirs) {
  for (const name of GENERAL) machine.vcpu.registers.set(name, theirs[name]);
  machine.vcpu.registers.set("rflags", (machine.vcpu.registers.get("rflags") & ~FLAGS) | (theirs.rflags & FLAGS));
}

/** Prints what differs; true where something does. */
function report(wrong, where, recent, mine, theirs) {
  if (wrong.length === 0) return false;
  process.exitCode = 1;
  console.log(`registers differ ${where}:`);
  for (const line of recent) console.log(`  ${line}`);
  for (const name of wrong)
    console.log(`  ${name.padEnd(6)} Isinglass 0x${mine[name].toString(16)}, QEMU 0x${theirs[name].toString(16)}`);
  return true;
}
