import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { emptyQcow2 } from "@isinglass/virtio";
import { hasCommand } from "@isinglass/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, Scratch, isg, start, tinyKernel } from "./support.js";

const SIZE = 65_536;

/** An empty qcow2 image on a raw one (docs/interop/qcow2.txt of QEMU): name and format stand behind the header. */
function overlay(backing: string): Uint8Array {
  const image = Buffer.from(emptyQcow2(SIZE));
  const at = image.readUInt32BE(100);
  const name = at + 32;
  image.writeUInt32BE(0xe279_2aca, at);
  image.writeUInt32BE(3, at + 4);
  image.write("raw", at + 8);
  image.write(backing, name);
  image.writeBigUInt64BE(BigInt(name), 8);
  image.writeUInt32BE(backing.length, 16);
  return image;
}

const scratch = new Scratch();
let run: string[];
beforeAll(() => {
  scratch.file("base.img", new Uint8Array(SIZE));
  scratch.file("over.qcow2", overlay("base.img"));
  scratch.file("other.qcow2", overlay("base.img"));
  run = ["run", "--kernel", scratch.file("halts", tinyKernel("cli\nhlt")), "--memory", "2M"];
});
afterAll(() => scratch.remove());

const disks = (...names: string[]): string[] => names.flatMap((name) => ["--disk", `${scratch.folder}/${name}`]);
const OVER = "over.qcow2,format=qcow2";

describe("a backing file of a disk", () => {
  it.each([
    [OVER, "base.img"],
    ["base.img", OVER],
    [`${OVER},ro`, "base.img"],
  ])("is not written to as another disk: %s and %s", async (a, b) => {
    const { code, stdout, stderr } = await isg([...run, ...disks(a, b)]);
    expect(stderr).toMatch(
      /^--disk \S+base\.img: \S+over\.qcow2 is based on it, and a guest would write to it; \S+base\.img,ro is right\n$/,
    );
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("is read by as many as like", async () => {
    const all = disks(OVER, "base.img,ro", "other.qcow2,format=qcow2");
    const { code, stderr } = await isg([...run, ...all]);
    expect([code, stderr]).toEqual([6, expect.stringContaining("halted")]);
  });
});

describe.runIf(hasCommand("flock"))("a backing file in two processes", () => {
  /** A guest that runs until it is killed, once it has the disk. */
  async function holding(word: string): Promise<() => Promise<unknown>> {
    const kernel = scratch.file("runs", tinyKernel('mov dx, 0x3f8\nmov al, "K"\nout dx, al\njmp $'));
    const args = [MAIN, "run", "--kernel", kernel, "--memory", "2M", ...disks(word)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    return () => {
      const gone = once(child, "close");
      child.kill("SIGKILL");
      return gone;
    };
  }

  it("is not written to while a disk is based on it, and may be read", async () => {
    const kill = await holding(OVER);
    try {
      const writer = await start([...run, ...disks("base.img")]);
      expect(writer.stderr).toMatch(/^--disk \S+base\.img: another process has it open; [^\n]*,ro\n$/);
      expect(writer.code).toBe(1);
      expect((await start([...run, ...disks("other.qcow2,format=qcow2")])).code).toBe(6);
    } finally {
      await kill();
    }
  });

  it("that is written to is not read through another image", async () => {
    const kill = await holding("base.img");
    try {
      const { code, stderr } = await start([...run, ...disks(OVER)]);
      expect(stderr).toMatch(/^--disk \S+over\.qcow2: another process writes to its backing file \S+base\.img\n$/);
      expect(code).toBe(1);
    } finally {
      await kill();
    }
  });
});

describe("an image of another program's", () => {
  it.each([
    ["VMDK", 0, "KDMV"],
    ["VHDX", 0, "vhdxfile"],
    ["VHD", 0, "conectix"],
    ["QED", 0, "QED\0"],
    ["VDI", 0x40, "\x7f\x10\xda\xbe"],
  ])("of format %s is a raw disk only where that was asked for", async (format, at, magic) => {
    const image = Buffer.alloc(4096);
    image.write(magic, at, "latin1");
    const path = scratch.file("foreign", image);
    const { code, stderr } = await isg([...run, "--disk", path]);
    expect(stderr).toBe(
      `--disk ${path}: it begins as a ${format} image does, which isg cannot open; "qemu-img convert -O qcow2" makes one that it can, and ${path},format=raw is a raw disk\n`,
    );
    expect(code).toBe(2);
    expect((await isg([...run, "--disk", `${path},format=raw`])).code).toBe(6);
    writeFileSync(path, new Uint8Array(4096));
    expect((await isg([...run, "--disk", path])).code).toBe(6);
  });
});
