// What a guest instruction costs in each tier, and what it costs to compile one: the constants of packages/engine/src/jit/cost-model.ts.
import { assemble } from "@isinglass/isa-x86";
import { MiB, bare } from "@isinglass/machine";
import { readOptions } from "./lib/options.mjs";
import { printTable } from "./lib/table.mjs";

const options = readOptions(
  `usage: npm run bench -- tiers [--rounds N]

Runs short loops of guest code on a bare machine, interpreted and compiled, and prints the least CPU time of N rounds (default 5) for each guest instruction.
Then compiles some thousand different instructions in batches of 64 and prints the microseconds for each, V8's baseline compiler included.`,
  { rounds: { type: "string", default: "5" } },
);
const CODE = 0x1000;
const ROUNDS = 3_000_000;
const LOOPS = {
  arithmetic: "add rax, rcx\n xor rdx, rax\n lea rsi, [rax + rdx*2]\n shr rsi, 3\n",
  memory: "mov rax, [rdi]\n add rax, rcx\n mov [rdi + 8], rax\n movzx edx, byte [rdi + 9]\n",
  branches: "test cl, 4\n jz a\n inc rax\na: cmp rax, rdx\n jne b\n inc rdx\nb: and eax, 0xff\n",
  calls: "call f\n call f\n jmp g\nf: inc rax\n ret\ng: nop\n",
};

function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function run(text, tier) {
  const machine = bare({ memory: MiB, tier });
  const { bytes } = assemble(`mov ecx, ${ROUNDS}\n mov edi, 0x20000\nagain:\n${text} dec ecx\n jnz again\n hlt`, {
    mode: 64,
    origin: BigInt(CODE),
  });
  machine.load(CODE, bytes);
  machine.enter({ mode: 64, address: CODE });
  // What comes before the loop is compiled does not count.
  machine.run(2_000_000);
  const from = machine.vcpu.instructions;
  const begun = cpu();
  machine.run(100_000_000);
  return ((cpu() - begun) * 1000) / (machine.vcpu.instructions - from);
}

/** Different loops one after the other, each hot: what compiling costs. */
function compile() {
  const LOOPS_MADE = 600;
  let text = "";
  for (let i = 0; i < LOOPS_MADE; i += 1) {
    const body = Array.from({ length: 12 }, (_, k) => {
      const a = ["rax", "rdx", "rsi", "r8"][(i + k) % 4];
      return [`add ${a}, ${i + k}`, `mov [rdi + ${8 * k}], ${a}`, `xor ${a}, rbx`, `cmp ${a}, rcx`][(i * 7 + k) % 4];
    });
    text += `mov ecx, 6000\nl${i}:\n${body.join("\n")}\n dec ecx\n jnz l${i}\n`;
  }
  const machine = bare({ memory: 2 * MiB, tier: "auto", now: () => performance.now() });
  machine.load(0x10000, assemble(`mov edi, 0x120000\n${text} hlt`, { mode: 64, origin: 0x10000n }).bytes);
  machine.enter({ mode: 64, address: 0x10000 });
  machine.run(1_000_000_000);
  const { time, instructions } = machine.vcpu.interpreter.jit.stats;
  return { micros: (time * 1000) / instructions, instructions };
}

const best = (measure) => Math.min(...Array.from({ length: Number(options.rounds) }, measure));
const rows = Object.entries(LOOPS).map(([name, text]) => {
  const interpreted = best(() => run(text, "interp"));
  const compiled = best(() => run(text, "auto"));
  return [name, interpreted.toFixed(2), compiled.toFixed(2), (interpreted / compiled).toFixed(1)];
});
printTable(["loop", "ns interpreted", "ns compiled", "ratio"], rows);
const made = Array.from({ length: Number(options.rounds) }, compile);
const least = made.reduce((a, b) => (a.micros < b.micros ? a : b));
console.log(`${least.micros.toFixed(1)} µs to compile an instruction (${least.instructions} instructions)`);
