/** First of the ports that are memory, and how many there are. */
const MEMORY_PORTS = 0xe0;
const FLUSH_PORT = 0xe4;
/** A write to this port plus n sets interrupt line n. */
const LINE_PORTS = 0x2000;
const LINES = 16;
const MEMORY = 0xff000000;
const MEMORY_BYTES = 0x10000;

/** What of QEMU's `pc-testdev` the tests use, as a plugin: four ports that keep what is written, interrupt lines, 64 KiB of device memory. */
export function testDevice() {
  return {
    name: "test-device",
    install(board) {
      const ports = new DataView(new ArrayBuffer(8));
      const memory = new DataView(new ArrayBuffer(MEMORY_BYTES + 8));
      const mask = { 1: 0xff, 2: 0xffff, 4: 0xffffffff };
      board.bus.mapPorts(
        MEMORY_PORTS,
        4,
        {
          readPort: (port, size) => (ports.getUint32(port - MEMORY_PORTS, true) & mask[size]) >>> 0,
          writePort: (port, size, value) => {
            for (let i = 0; i < size; i++) ports.setUint8(port - MEMORY_PORTS + i, value >>> (8 * i));
          },
        },
        "test memory port",
      );
      board.bus.mapPorts(FLUSH_PORT, 4, { readPort: () => 0, writePort: () => undefined }, "test flush port");
      // Line 2 is the cascade of the 8259A pair: no device has it.
      const lines = Array.from({ length: LINES }, (_, n) => (n === 2 ? { setLevel: () => undefined } : board.irq(n)));
      board.bus.mapPorts(
        LINE_PORTS,
        LINES,
        { readPort: () => 0, writePort: (port, _size, value) => lines[port - LINE_PORTS].setLevel((value & 1) !== 0) },
        "test interrupt lines",
      );
      board.bus.mapMmio(
        MEMORY,
        MEMORY_BYTES,
        {
          readMmio: (offset, size) => (memory.getUint32(offset, true) & mask[size]) >>> 0,
          writeMmio: (offset, size, value) => {
            for (let i = 0; i < size; i++) memory.setUint8(offset + i, value >>> (8 * i));
          },
        },
        "test memory",
      );
      return {};
    },
  };
}
