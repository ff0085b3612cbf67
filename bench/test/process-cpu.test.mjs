import { spawn } from "node:child_process";
import { platform } from "node:os";
import { describe, expect, it } from "vitest";
import { ProcessCpu, busiestThread } from "../lib/process-cpu.mjs";
import { slope } from "../lib/trend.mjs";

/** Burns CPU time in a Worker, then tells so and waits. */
const WORK = `
const { Worker } = require("node:worker_threads");
const burn = "for (let i = 0; i < 4e8; i++); require('node:worker_threads').parentPort.postMessage(0); setInterval(() => {}, 1000);";
new Worker(burn, { eval: true }).on("message", () => console.log("done"));`;

describe.runIf(platform() === "linux")("CPU time of a process", () => {
  it("counts all threads and finds the busiest, which is not the first", async () => {
    const child = spawn(process.execPath, ["-e", WORK], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const cpu = new ProcessCpu(child.pid).sample();
      expect(cpu.total).toBeGreaterThan(0.1);
      expect(cpu.total).toBeCloseTo(cpu.user + cpu.system, 0);
      expect(busiestThread(cpu)).not.toBe(`${child.pid}/${child.pid}`);
      expect(cpu.threads[busiestThread(cpu)]).toBeGreaterThan(0.1);
      expect(cpu.rss).toBeGreaterThan(1e7);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("counts child processes once it has looked for them", async () => {
    const child = spawn(
      "sh",
      [
        "-c",
        `"${process.execPath}" -e 'for (let i = 0; i < 3e8; i++); console.log(1); setInterval(() => {}, 1000)'; :`,
      ],
      {
        stdio: ["ignore", "pipe", "inherit"],
        detached: true,
      },
    );
    try {
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const watch = new ProcessCpu(child.pid);
      const alone = watch.sample().total;
      watch.findChildren();
      expect(watch.sample().total).toBeGreaterThan(alone + 0.05);
    } finally {
      process.kill(0 - child.pid, "SIGKILL");
    }
  });

  it("keeps what a process had that has ended", async () => {
    const child = spawn(
      process.execPath,
      ["-e", "for (let i = 0; i < 3e8; i++); console.log(1); setTimeout(() => {}, 200)"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const closed = new Promise((resolve) => child.on("close", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const watch = new ProcessCpu(child.pid);
    const { total } = watch.sample();
    await closed;
    expect(watch.sample().total).toBe(total);
  });
});

describe("trend", () => {
  it("is the slope of the least-squares line", () => {
    expect(slope([1, 3, 5, 7])).toBeCloseTo(2);
    expect(slope([4, 4, 4])).toBe(0);
    // By hand: mean 2, ((-1)(-1) + 0 + (1)(0)) / 2.
    expect(slope([1, 3, 2])).toBeCloseTo(0.5);
  });
});
