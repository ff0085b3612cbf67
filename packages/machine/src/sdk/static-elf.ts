import { IsinglassError } from "@isinglass/interface";
import { checkBytes, describe } from "./check.js";

const EM_386 = 3;
const EM_X86_64 = 62;
/** The program header that names a dynamic linker (ELF specification, "Program Header"). */
const PT_INTERP = 3;
const MAGIC = 0x464c457f;

/**
 * Refuses what no x86 Linux can run by itself: a guest says no more of it than "kernel panic".
 *
 * @throws IsinglassError `ISG_MACHINE_BAD_OPTION`, `ISG_BUSYBOX_NOT_ELF`, `ISG_BUSYBOX_NOT_STATIC`
 */
export function checkProgram(call: string, program: Uint8Array): void {
  checkBytes(call, program, "the program's bytes as a Uint8Array are right");
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const refuse = (what: string): IsinglassError =>
    new IsinglassError("ISG_BUSYBOX_NOT_ELF", `${call}: ${what}; a static ELF program for x86 Linux is right`);
  if (program.length < 64 || view.getUint32(0, true) !== MAGIC)
    throw refuse(`${describe(program)}, ${program.length} bytes, that does not begin as an ELF file`);
  const bits = program[4] === 2 ? 64 : 32;
  const machine = view.getUint16(18, true);
  if (machine !== (bits === 64 ? EM_X86_64 : EM_386))
    throw refuse(`an ELF program of ${bits} bits for machine ${machine}`);
  const offset = bits === 64 ? Number(view.getBigUint64(32, true)) : view.getUint32(28, true);
  const size = view.getUint16(bits === 64 ? 54 : 42, true);
  const count = view.getUint16(bits === 64 ? 56 : 44, true);
  for (let at = offset, i = 0; i < count; i += 1, at += size) {
    if (at + 4 > program.length) throw refuse(`an ELF program whose header ${i} is after its ${program.length} bytes`);
    if (view.getUint32(at, true) === PT_INTERP) {
      throw new IsinglassError(
        "ISG_BUSYBOX_NOT_STATIC",
        `${call}: the program wants a dynamic linker, which the initramfs has not; a static one, such as of Debian's busybox-static, is right`,
      );
    }
  }
}
