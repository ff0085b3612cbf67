import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, fuzzSeed, hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";

const qemu = requireOracle("qemu-img", hasCommand("qemu-img"));
const BLOCK = 4096;
const BLOCKS = 2048;
const WRITES = 20;

/** The blocks that a round writes: the same here and in the process that is killed. */
function blocksOf(round: number): number[] {
  let state = round;
  return Array.from({ length: WRITES }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % BLOCKS;
  });
}

// The package as it is built: a process of its own loads no TypeScript. It says a round's number when its flush has returned.
const CHILD = `
import { writeSync } from "node:fs";
import { openQcow2File } from ${JSON.stringify(new URL("../dist/node/index.js", import.meta.url).href)};
const disk = openQcow2File(process.argv[1]);
const blocksOf = ${blocksOf.toString().replaceAll("WRITES", String(WRITES)).replaceAll("BLOCKS", String(BLOCKS))};
for (let round = 1; ; round += 1) {
  for (const block of blocksOf(round)) disk.write(block * ${BLOCK}, new Uint8Array(${BLOCK}).fill(1 + (round % 255)));
  if (round % 7 === 0) disk.discard((round % 100) * 65536, 65536);
  disk.flush();
  writeSync(1, round + "\\n");
}
`;

describe.runIf(qemu)("a process that is killed while it writes to a qcow2 image", () => {
  it("leaves it whole, with everything that was flushed", { timeout: 60_000 }, async () => {
    const seed = fuzzSeed("qcow2, kill -9");
    const random = new Random(seed);
    const folder = mkdtempSync(join(tmpdir(), "isg-kill-"));
    const image = join(folder, "disk.qcow2");
    const raw = join(folder, "disk.raw");
    for (let trial = 0; trial < 6; trial += 1) {
      execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", image, String(BLOCK * BLOCKS)]);
      const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, image], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      const begun = new Promise<void>((resolve) => {
        child.stdout.on("data", (bytes: Buffer) => {
          said += bytes.toString();
          resolve();
        });
      });
      const ended = new Promise((resolve) => child.on("close", resolve));
      await begun;
      await new Promise((resolve) => setTimeout(resolve, random.below(300)));
      child.kill("SIGKILL");
      await ended;
      const flushed = said.split("\n").length - 1;
      expect(flushed).toBeGreaterThan(0);
      // 0: nothing to say; 3: leaks alone.
      expect([0, 3]).toContain(spawnSync("qemu-img", ["check", "-q", image]).status);
      execFileSync("qemu-img", ["convert", "-f", "qcow2", "-O", "raw", image, raw]);
      const disk = readFileSync(raw);
      const expected = new Uint8Array(BLOCKS);
      for (let round = 1; round <= flushed; round += 1) {
        for (const block of blocksOf(round)) expected[block] = 1 + (round % 255);
        if (round % 7 === 0) expected.fill(0, (round % 100) * 16, (round % 100) * 16 + 16);
      }
      // The round that had been flushed and not announced, and the one after it.
      const later = [flushed + 1, flushed + 2];
      const open = new Set(later.flatMap((round) => blocksOf(round)));
      for (const round of later.filter((r) => r % 7 === 0))
        for (let i = 0; i < 16; i += 1) open.add((round % 100) * 16 + i);
      const lost: number[] = [];
      for (let block = 0; block < BLOCKS; block += 1)
        if (!open.has(block) && disk[block * BLOCK] !== expected[block]) lost.push(block);
      expect({ seed, trial, flushed, lost }).toEqual({ seed, trial, flushed, lost: [] });
    }
    rmSync(folder, { recursive: true });
  });
});
