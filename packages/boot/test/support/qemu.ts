import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BootState } from "../../src/index.js";
import type { FlatMemory } from "./flat-memory.js";

/**
 * A 128 KiB firmware image whose only work is to bring QEMU's CPU into `state`: real mode to protected mode with the loader's own GDT, long mode
 * where asked, PIIX4's power management at 0x600 (which firmware would do), then a jump to the entry. What memory has at 0xe0000 is kept.
 */
export function firmware(state: BootState, memory: FlatMemory): Uint8Array {
  const image = new Uint8Array(0x20000);
  image.set(memory.bytes(0xe0000, 0x1e000));
  const base = 0xfe000; // the stub, at offset 0xe000 of segment 0xf000
  const code: number[] = [];
  const d32 = (v: number): number[] => [v & 0xff, (v >> 8) & 0xff, (v >> 16) & 0xff, (v >>> 24) & 0xff];
  const gdtr = 0xff00;
  code.push(0xfa); // cli
  code.push(0x2e, 0x66, 0x0f, 0x01, 0x16, gdtr & 0xff, gdtr >> 8); // o32 lgdt cs:[gdtr]
  code.push(0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0); // mov eax, cr0; or al, 1; mov cr0, eax
  // Flat 32-bit code comes from a GDT entry of the stub's own where the state wants 64-bit code in 0x10.
  const long = state.mode === "long";
  const cs32 = long ? 0x28 : 0x10;
  const after = base + code.length + 8;
  code.push(0x66, 0xea, ...d32(after), cs32, 0); // o32 jmp cs32:after
  code.push(0xb8, ...d32(0x18), 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0x8e, 0xe0, 0x8e, 0xe8); // mov eax, 0x18; ds, es, ss, fs, gs
  const pci = (address: number, value: number): void => {
    code.push(0xba, ...d32(0xcf8), 0xb8, ...d32(address), 0xef, 0xba, ...d32(0xcfc), 0xb8, ...d32(value), 0xef);
  };
  pci(0x8000_0b40, 0x601); // 00:01.3 PMBASE
  pci(0x8000_0b80, 1); // PMREGMISC: enable
  pci(0x8000_0860, 0x0b0b_0a0a); // PIRQA-D: 10, 10, 11, 11
  const set = (opcode: number, name: keyof BootState["registers"]): void => {
    code.push(opcode, ...d32(Number(state.registers[name])));
  };
  if (long) {
    const cr = (n: number, v: bigint): void => {
      code.push(0xb8, ...d32(Number(v)), 0x0f, 0x22, 0xc0 | (n << 3));
    };
    cr(4, state.cr4);
    cr(3, state.cr3);
    code.push(0xb9, ...d32(0xc000_0080), 0x31, 0xd2, 0xb8, ...d32(Number(state.efer & ~0x400n)), 0x0f, 0x30);
    cr(0, state.cr0);
  }
  set(0xbb, "rbx");
  set(0xbe, "rsi");
  set(0xbf, "rdi");
  set(0xbd, "rbp");
  set(0xb8, "rax");
  code.push(0xea, ...d32(Number(state.registers.rip)), 0x10, 0); // jmp 0x10:rip
  image.set(code, 0x1e000);
  image.set([state.gdtr.limit & 0xff, state.gdtr.limit >> 8, ...d32(Number(state.gdtr.base))], 0x1ff00);
  image.set(
    [
      0xe9,
      ...[0x00, 0xe0 - 0xff].map((b, i) => (i === 0 ? (0xe000 - 0xfff3) & 0xff : ((0xe000 - 0xfff3) >> 8) & 0xff)),
    ],
    0x1fff0,
  ); // jmp near 0xe000
  return image;
}

/** Runs `memory` and `state` under QEMU's i440FX board and returns what came out of COM1 until `until` was seen, the guest ended, or time ran out. */
export async function bootInQemu(
  memory: FlatMemory,
  state: BootState,
  ranges: readonly { gpa: number; length: number }[],
  options: { mib: number; seconds: number; extra?: readonly string[] },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "isg-qemu-"));
  try {
    if (state.mode === "long") {
      // The stub's flat 32-bit code segment, in the spare entry of the loader's GDT.
      memory.write(Number(state.gdtr.base) + 0x28, Uint8Array.of(0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0));
    }
    await writeFile(join(folder, "bios.bin"), firmware(state, memory));
    const args = [
      "-M",
      "pc",
      "-accel",
      "tcg,thread=single",
      "-m",
      String(options.mib),
      "-nodefaults",
      "-display",
      "none",
      "-serial",
      "stdio",
      "-no-reboot",
      "-bios",
      join(folder, "bios.bin"),
    ];
    let n = 0;
    for (const r of ranges) {
      const file = join(folder, `${n++}.bin`);
      await writeFile(file, memory.bytes(r.gpa, r.length));
      args.push("-device", `loader,file=${file},addr=0x${r.gpa.toString(16)},force-raw=on`);
    }
    args.push(...(options.extra ?? []));
    return await new Promise((resolve) => {
      execFile(
        "qemu-system-x86_64",
        args,
        { timeout: options.seconds * 1000, maxBuffer: 2 ** 26 },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
