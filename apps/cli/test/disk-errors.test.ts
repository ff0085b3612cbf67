import { expect, it } from "vitest";
import { closeAll } from "../src/disk-image.js";
import { DiskErrors } from "../src/disk-errors.js";

const error = (message: string): Parameters<DiskErrors["emit"]>[0] => ({
  time: 0,
  source: "virtio-blk.3",
  kind: "block-error",
  data: { type: 0, sector: 1, message },
});

it("each cause is said once, and not without end", () => {
  const said: string[] = [];
  const errors = new DiskErrors((line) => said.push(line));
  errors.emit(error("a.img: write failed: ENOSPC"));
  errors.emit(error("a.img: write failed: ENOSPC"));
  errors.emit({ time: 0, source: "uart", kind: "block-error" });
  errors.emit({ time: 0, source: "virtio-blk.3", kind: "virtio-needs-reset", data: { message: "x" } });
  expect(said).toEqual(["disk error: a.img: write failed: ENOSPC"]);
  for (let i = 0; i < 100; i += 1) errors.emit(error(`error ${i}`));
  expect(said).toHaveLength(11);
  expect(said.at(-1)).toBe("disk error: further causes are not shown");
});

it("a disk that cannot be closed keeps no other from being closed", () => {
  const closed: string[] = [];
  const disk = (name: string, problem?: string): { close(): void } => ({
    close: () => {
      closed.push(name);
      if (problem !== undefined) throw new Error(problem);
    },
  });
  expect(() => closeAll([disk("a"), disk("b", "ENOSPC"), disk("c"), disk("d", "EIO"), disk("e")])).toThrow("ENOSPC");
  expect(closed).toEqual(["a", "b", "c", "d", "e"]);
  expect(() => closeAll([disk("f")])).not.toThrow();
});
