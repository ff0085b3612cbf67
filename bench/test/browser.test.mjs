import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble } from "@isinglass/isa-x86";
import { requireOracle } from "@isinglass/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, chooseFiles, hasChromium, openDemo, waitForText } from "../lib/demo-page.mjs";

const available = requireOracle(`Chromium (${CHROMIUM}), for the demo's page`, hasChromium());

const LOAD = 0x10_0000;

/** A Multiboot kernel (specification 0.6.96) that greets on COM1, and gives back what is typed, between angle brackets. */
function echoKernel() {
  const { bytes } = assemble(
    `
    mov edx, 0x3f8
    mov esi, greeting
  next:
    mov al, [esi]
    test al, al
    je listen
    out dx, al
    inc esi
    jmp next
  listen:
    mov edx, 0x3fd
    in al, dx
    test al, 1
    je listen
    mov edx, 0x3f8
    in al, dx
    mov bl, al
    mov al, 60
    out dx, al
    mov al, bl
    out dx, al
    mov al, 62
    out dx, al
    jmp listen
  greeting: db "ready to listen", 10, 13, 0
  `,
    { mode: 32, origin: BigInt(LOAD + 32) },
  );
  const end = LOAD + 32 + bytes.length;
  const flags = 1 << 16;
  const file = new Uint8Array(32 + bytes.length);
  const header = [0x1bad_b002, flags, -(0x1bad_b002 + flags), LOAD, LOAD, end, end, LOAD + 32];
  for (const [i, word] of header.entries()) new DataView(file.buffer).setUint32(i * 4, word >>> 0, true);
  file.set(bytes, 32);
  return file;
}

describe.runIf(available)("the demo's page", () => {
  const folder = mkdtempSync(join(tmpdir(), "isinglass-page-"));
  const file = (name) => join(folder, name);
  let demo;
  beforeAll(async () => {
    writeFileSync(file("kernel"), echoKernel());
    writeFileSync(file("initrd"), new Uint8Array(512));
    demo = await openDemo();
    await chooseFiles(demo.page, file("kernel"), file("initrd"));
  }, 120_000);
  afterAll(async () => {
    await demo?.close();
    rmSync(folder, { recursive: true });
  });

  const press = (n, action) => demo.page.locator(".machine").nth(n).locator(`[data-action="${action}"]`).click();
  const type = async (n, text) => {
    await demo.page.locator(".machine .xterm").nth(n).click();
    await demo.page.keyboard.type(text);
  };
  const stateOf = (n, state) =>
    demo.page.waitForFunction(([i, s]) => document.querySelectorAll(".machine")[i]?.dataset.state === s, [n, state]);

  it("is not isolated, and has no shared memory", async () => {
    expect(await demo.page.evaluate(() => [globalThis.crossOriginIsolated, typeof SharedArrayBuffer])).toEqual([
      false,
      "undefined",
    ]);
  });

  it("boots a machine, shows what it writes and sends what is typed", async () => {
    await press(0, "boot");
    await waitForText(demo.page, 0, "ready to listen", 60_000);
    await type(0, "ab");
    await waitForText(demo.page, 0, "<a><b>", 30_000);
  });

  it("has a second machine beside it", async () => {
    await demo.page.click("#add");
    await press(1, "boot");
    await waitForText(demo.page, 1, "ready to listen", 60_000);
    await type(1, "z");
    await waitForText(demo.page, 1, "<z>", 30_000);
    await type(0, "c");
    await waitForText(demo.page, 0, "<a><b><c>", 30_000);
  });

  it("pauses, goes on, and starts over", async () => {
    await press(0, "pause");
    await stateOf(0, "paused");
    await type(0, "d");
    await press(0, "pause");
    await waitForText(demo.page, 0, "<c><d>", 30_000);
    await press(0, "reset");
    await stateOf(0, "running");
    await type(0, "e");
    await waitForText(demo.page, 0, "<e>", 30_000);
    expect(await demo.page.locator(".machine .xterm-rows").first().textContent()).not.toContain("<d>");
  });

  it("saves a machine to a file, and goes on from it in another", async () => {
    const download = demo.page.waitForEvent("download");
    await press(0, "save");
    await (await download).saveAs(file("state"));
    await press(1, "pause");
    await stateOf(1, "paused");
    await demo.page.locator('.machine input[type="file"]').nth(1).setInputFiles(file("state"));
    await stateOf(1, "running");
    await type(1, "q");
    await waitForText(demo.page, 1, "<q>", 30_000);
    expect(await demo.page.locator(".machine .figures").nth(1).textContent()).not.toBeNull();
  });

  it("says what is wrong with a file, and complains about nothing else", async () => {
    await demo.page.locator('.machine input[type="file"]').nth(1).setInputFiles(file("kernel"));
    await demo.page.waitForFunction(() =>
      document.querySelectorAll(".machine .problem")[1].textContent.includes("state file"),
    );
    expect(demo.problems).toEqual([]);
  });
});
