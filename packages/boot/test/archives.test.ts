import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import { createInitramfs, debMember, readAr, readDeb, readTar } from "../src/index.js";
import type { InitramfsEntry } from "../src/index.js";
import { ar, tarMember } from "./support/archives.js";
import { thrown } from "./support/errors.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("initramfs", () => {
  const entries: InitramfsEntry[] = [
    { type: "file", path: "/bin/sh", mode: 0o755, bytes: bytes("#!x\n") },
    { type: "symlink", path: "bin/ls", target: "sh" },
    { type: "character-device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { type: "directory", path: "proc", mode: 0o555 },
    { type: "fifo", path: "run/f", uid: 3, gid: 4 },
  ];

  it("has the newc header of buffer-format.rst, field by field", () => {
    const archive = Buffer.from(
      createInitramfs([{ type: "file", path: "a", mode: 0o640, uid: 1, gid: 2, bytes: bytes("hello") }]),
    );
    const fields = [
      "00000001",
      "000081a0",
      "00000001",
      "00000002",
      "00000001",
      "00000000",
      "00000005",
      "00000000",
      "00000000",
      "00000000",
      "00000000",
      "00000002",
      "00000000",
    ];
    expect(archive.toString("latin1", 0, 110)).toBe(`070701${fields.join("")}`);
    expect(archive.toString("latin1", 110, 112)).toBe("a\0");
    expect(archive.toString("latin1", 112, 120)).toBe("hello\0\0\0");
    expect(archive.toString("latin1", 120 + 110, 120 + 121)).toBe("TRAILER!!!\0");
    expect(archive.length % 4).toBe(0);
  });

  it("is the same for the same entries", () => {
    expect(createInitramfs(entries)).toEqual(createInitramfs(entries));
  });

  it.runIf(requireOracle("cpio", hasCommand("cpio")))("is read by cpio with all its entries", () => {
    const listing = execFileSync("cpio", ["-itv", "--numeric-uid-gid"], {
      input: createInitramfs(entries),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
    const lines = listing
      .trim()
      .split("\n")
      .map((l) => l.replace(/ +/g, " ").replace(" Jan 1 1970 ", " "));
    expect(lines).toEqual([
      "drwxr-xr-x 2 0 0 0 bin",
      "-rwxr-xr-x 1 0 0 4 bin/sh",
      "lrwxrwxrwx 1 0 0 2 bin/ls -> sh",
      "drwxr-xr-x 2 0 0 0 dev",
      "crw------- 1 0 0 5, 1 dev/console",
      "dr-xr-xr-x 2 0 0 0 proc",
      "drwxr-xr-x 2 0 0 0 run",
      "prw-r--r-- 1 3 4 0 run/f",
    ]);
  });

  it.each<[string, InitramfsEntry[]]>([
    ["a path that leaves the root", [{ type: "directory", path: "a/../b" }]],
    ["an empty path", [{ type: "directory", path: "/" }]],
    [
      "a path twice",
      [
        { type: "directory", path: "a" },
        { type: "directory", path: "/a/" },
      ],
    ],
    [
      "a file in a file",
      [
        { type: "file", path: "a", bytes: bytes("") },
        { type: "directory", path: "a/b" },
      ],
    ],
    ["the trailer as a name", [{ type: "directory", path: "TRAILER!!!" }]],
    ["a device number below zero", [{ type: "block-device", path: "b", major: -1, minor: 0 }]],
  ])("refuses %s", (_what, bad) => {
    expect(thrown(() => createInitramfs(bad)).code).toBe("ISG_BOOT_BAD_VALUE");
  });
});

describe("tar", () => {
  it.runIf(requireOracle("tar", hasCommand("tar"))).each(["gnu", "pax", "ustar"])(
    "of GNU tar in the format %s is read, with long names",
    (format) => {
      const folder = mkdtempSync(join(tmpdir(), "isg-tar-"));
      try {
        const long = `${"d".repeat(90)}/${"é".repeat(45)}`;
        const target = "y".repeat(format === "ustar" ? 90 : 120);
        mkdirSync(join(folder, "x", dirname(long)), { recursive: true });
        writeFileSync(join(folder, "x", long), "content");
        symlinkSync(target, join(folder, "x", "link"));
        const entries = readTar(
          execFileSync("tar", ["-C", folder, `--format=${format}`, "--sort=name", "-cf", "-", "./x"]),
        );
        const file = entries.find((e) => e.type === "file")!;
        expect([file.path, new TextDecoder().decode(file.bytes)]).toEqual([`x/${long}`, "content"]);
        expect(entries.find((e) => e.type === "symlink")).toMatchObject({ path: "x/link", target });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it("with a wrong checksum or a member beyond the end is refused", () => {
    const good = tarMember("a", "0", bytes("12345"));
    const bad = Uint8Array.from(good);
    bad[0]! ^= 1;
    expect(thrown(() => readTar(bad)).code).toBe("ISG_BOOT_BAD_MAGIC");
    expect(thrown(() => readTar(good.subarray(0, 514))).code).toBe("ISG_BOOT_TRUNCATED");
    expect(thrown(() => readTar(good.subarray(0, 100))).code).toBe("ISG_BOOT_TRUNCATED");
    expect(thrown(() => readTar(tarMember("a", "S"))).code).toBe("ISG_BOOT_UNSUPPORTED");
  });
});

describe("Debian package", () => {
  const control = tarMember("./control", "0", bytes("Package: x\n"));
  const data = Buffer.concat([tarMember("./boot/", "5"), tarMember("./boot/vmlinuz-1", "0", bytes("kernel"))]);

  it("is read with the decompressors that it needs", async () => {
    const deb = ar([
      ["debian-binary", bytes("2.0\n")],
      ["control.tar.gz", gzipSync(control)],
      ["data.tar", data],
    ]);
    const read = await readDeb(deb, { gz: gunzipSync });
    expect(read.control.map((e) => e.path)).toEqual(["control"]);
    expect(read.data.map((e) => [e.path, e.type, e.bytes.length])).toEqual([
      ["boot/", "directory", 0],
      ["boot/vmlinuz-1", "file", 6],
    ]);
    await expect(readDeb(deb, {})).rejects.toMatchObject({ code: "ISG_BOOT_UNSUPPORTED" });
  });

  it("names the compression of its parts", () => {
    expect(
      debMember(
        ar([
          ["debian-binary", bytes("2.0\n")],
          ["data.tar.xz", bytes("odd")],
        ]),
        "data",
      ),
    ).toEqual({ compression: "xz", bytes: Buffer.from("odd") });
  });

  it.each<[string, Uint8Array, string]>([
    ["is no archive", bytes("PK\x03\x04 and more"), "ISG_BOOT_BAD_MAGIC"],
    ["is cut in a header", ar([["debian-binary", bytes("2.0\n")]]).subarray(0, 30), "ISG_BOOT_TRUNCATED"],
    ["is cut in a member", ar([["debian-binary", bytes("2.0\n")]]).subarray(0, 70), "ISG_BOOT_TRUNCATED"],
    ["has another format version", ar([["debian-binary", bytes("3.0\n")]]), "ISG_BOOT_UNSUPPORTED"],
    ["has no data", ar([["debian-binary", bytes("2.0\n")]]), "ISG_BOOT_BAD_VALUE"],
    [
      "is compressed with bzip2",
      ar([
        ["debian-binary", bytes("2.0\n")],
        ["data.tar.bz2", bytes("")],
      ]),
      "ISG_BOOT_UNSUPPORTED",
    ],
  ])("is refused where it %s", (_what, file, code) => {
    expect(thrown(() => debMember(file, "data")).code).toBe(code);
  });

  it("members keep their parity: an odd one is followed by a filler", () => {
    expect(
      readAr(
        ar([
          ["a", bytes("123")],
          ["b/", bytes("4")],
        ]),
      ).map((m) => [m.name, m.bytes.length]),
    ).toEqual([
      ["a", 3],
      ["b", 1],
    ]);
  });
});
