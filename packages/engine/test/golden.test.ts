import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { S, X86Isa } from "@isinglass/cpu-x86";
import { describe, expect, it } from "vitest";
import { GROUPS, type Sequence } from "./golden/sequences.js";
import { Guest, asm } from "./support/guest.js";
import { regionText } from "./support/region-text.js";

/**
 * What the compiler makes of short sequences, kept so that a change in generated code shows in review. It is not said to be right
 * here, only what it is: whoever changes the compiler renews it with `ISG_GOLDEN=update` and reads the difference.
 */
const update = process.env["ISG_GOLDEN"] === "update";
const ENTRY = 0x100;
/** Linear address of the entry's page. */
const BASE = 0x10000;

const isa = new X86Isa();
const modes = { 32: new Guest({ mode: 32 }).cpu.get32(S.mode), 64: new Guest({ mode: 64 }).cpu.get32(S.mode) };

function describeSequence({ name, mode, code, entry = ENTRY }: Sequence): string {
  // What is behind it is HLT, which is interpreted.
  const bytes = asm(code, BASE + entry, mode);
  const text = regionText(isa, modes[mode], bytes, entry);
  const hex = Buffer.from(bytes).toString("hex");
  const shown = hex.length > 160 ? `${hex.slice(0, 160)}…` : hex;
  const head = `;; ${name.replaceAll("\n", "; ")}\n;; ${mode}-bit code at ${entry.toString(16)}: ${shown}\n`;
  if (text === undefined) return `${head};; interpreted\n`;
  return `${head};; ${text.guestInstructions} guest instructions, ${text.instructions} instructions, ${text.bytes} bytes
${text.text}
`;
}

describe("golden WebAssembly", () => {
  it("covers about 200 sequences, each once", () => {
    const all = Object.entries(GROUPS).flatMap(([group, list]) => list.map(({ name }) => `${group}: ${name}`));
    expect(all.length).toBeGreaterThanOrEqual(200);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(Object.entries(GROUPS))("is what the compiler makes now: %s", (group, sequences) => {
    const path = fileURLToPath(new URL(`golden/${group}.wat`, import.meta.url));
    const now = sequences.map(describeSequence);
    if (update) {
      writeFileSync(path, now.join("\n"));
      return;
    }
    const kept = readFileSync(path, "utf8").split(/\n(?=;; .*\n;; \d\d-bit)/);
    const changed = now.flatMap((text, i) => (text.trimEnd() === kept[i]?.trimEnd() ? [] : [{ text, kept: kept[i] }]));
    expect(changed[0]?.text.trimEnd()).toBe(changed[0]?.kept?.trimEnd());
    // Renew them with: ISG_GOLDEN=update npm test -- --project engine golden
    expect(changed.map(({ text }) => text.slice(3, text.indexOf("\n")))).toEqual([]);
    expect(kept.length).toBe(now.length);
  });
});
