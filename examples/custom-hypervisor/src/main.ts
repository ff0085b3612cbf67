// A hypervisor of one's own in one file: a device that the guest drives through ports, and a handler that answers a hypercall.
// Run it with `node dist/main.js`.
import type { Bus, Device, PortHandler, PortSize, SnapshotValue } from "@isinglass/interface";
import { assemble } from "@isinglass/isa-x86";
import { MiB, bare } from "@isinglass/machine";

const PORT = 0x500;
const ENTRY = 0x1000;

/** A device: adds up what is written to its port; a read gives the sum. Plain state, so that it can be saved and restored. */
class Adder implements Device, PortHandler {
  readonly component = "adder.0";
  readonly version = 1;
  #sum = 0;

  mapOn(bus: Bus): void {
    bus.mapPorts(PORT, 4, this, this.component);
  }

  readPort(_port: number, _size: PortSize): number {
    return this.#sum;
  }

  // The guest may write anything: the sum stays a number of 32 bits.
  writePort(_port: number, _size: PortSize, value: number): void {
    this.#sum = (this.#sum + value) >>> 0;
  }

  reset(): void {
    this.#sum = 0;
  }

  save(): SnapshotValue {
    return { sum: this.#sum };
  }

  load(state: SnapshotValue): void {
    this.#sum = (state as { sum: number }).sum >>> 0;
  }
}

const GUEST = `
  mov edx, ${PORT}
  mov ecx, 10
next:
  mov eax, ecx
  out dx, eax       ; the device: handled without leaving run()
  dec ecx
  jnz next
  in eax, dx
  mov ebx, eax
  mov eax, 1        ; hypercall 1: print the number in EBX
  vmmcall
  cli
  hlt`;

const machine = bare({ memory: MiB });
const adder = machine.core.addDevice(new Adder());
adder.mapOn(machine.bus);
machine.load(ENTRY, assemble(GUEST, { mode: 64, origin: BigInt(ENTRY) }).bytes);
machine.enter({ mode: 64, address: ENTRY });

machine.vcpu.controls.hypercall = true;
machine.vm.on("hypercall", ({ number }) => {
  if (number !== 1n) return "exit"; // unknown: run() returns with it
  console.log(`the guest says ${machine.registers.get("rbx")}`);
  return 0; // its result, in RAX
});

const exit = machine.run(1_000_000);
const counts = machine.vm.exitStatistics().map(({ reason, count }) => `${reason} ${count}`);
console.log(`${exit.reason} after ${machine.vcpu.instructions} instructions; exits: ${counts.join(", ")}`);
