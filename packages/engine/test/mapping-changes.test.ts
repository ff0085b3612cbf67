import { describe, expect, it } from "vitest";
import { CODE, Guest, asm, entryAt } from "./support/guest.js";

const RAX = 0;
/** A second copy of the code page, with another value in it. */
const COPY = CODE + 0x1000;
const PRESENT_WRITABLE = 3;

const program = (value: number): string => `
  mov rbx, ${entryAt(CODE)}
  mov qword [rbx], ${COPY | PRESENT_WRITABLE}
  invlpg [${CODE}]
  mov eax, ${value}
  hlt`;

describe.each(["interpreter", "reference"] as const)("a code page that is mapped elsewhere, on the %s", (executor) => {
  it("is left for the new one right after INVLPG", () => {
    const guest = new Guest({ executor }).load(program(1)).write(COPY, asm(program(2), CODE));
    expect(guest.run()).toBe("halt");
    expect(guest.register(RAX)).toBe(2n);
  });
});
