// Section numbers are those of the National Semiconductor PC16550D datasheet (June 1995).

/** Interrupt enable register (8.6). */
export const IER_RECEIVED = 0x01;
export const IER_THR_EMPTY = 0x02;
export const IER_LINE_STATUS = 0x04;
export const IER_MODEM_STATUS = 0x08;

/** Interrupt identification register (8.5, table IV): bit 0 clear = pending; the order here is the chip's order of priority. */
export const IIR_LINE_STATUS = 0x06;
export const IIR_RECEIVED = 0x04;
export const IIR_TIMEOUT = 0x0c;
export const IIR_THR_EMPTY = 0x02;
export const IIR_MODEM_STATUS = 0x00;
export const IIR_NONE = 0x01;
export const IIR_FIFOS_ON = 0xc0;

/** FIFO control register (8.4). */
export const FCR_ENABLE = 0x01;
export const FCR_CLEAR_RECEIVER = 0x02;
export const FCR_CLEAR_TRANSMITTER = 0x04;
/** FCR bits 7-6: bytes in the receiver FIFO at which the interrupt comes. */
export const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

/** Line control register (8.1): bit 7 shows the divisor latch at offsets 0 and 1. */
export const LCR_DLAB = 0x80;

/** Modem control register (8.7). OUT2 switches the interrupt wire through on a PC's board. */
export const MCR_DTR = 0x01;
export const MCR_RTS = 0x02;
export const MCR_OUT1 = 0x04;
export const MCR_OUT2 = 0x08;
export const MCR_LOOP = 0x10;

/** Line status register (8.3). */
export const LSR_DATA_READY = 0x01;
export const LSR_OVERRUN = 0x02;
export const LSR_BREAK = 0x10;
export const LSR_ERRORS = 0x1e;
export const LSR_THR_EMPTY = 0x20;
export const LSR_TRANSMITTER_EMPTY = 0x40;
export const LSR_FIFO_ERROR = 0x80;

/** Modem status register (8.8): levels in the high half, what changed since the last read in the low half. */
export const MSR_CTS = 0x10;
export const MSR_DSR = 0x20;
export const MSR_RI = 0x40;
export const MSR_DCD = 0x80;

export const FIFO_LENGTH = 16;
/** 115,200 Hz / 12 = 9,600 baud, what firmware leaves. */
export const POWER_ON_DIVISOR = 12;
/** The receiver's time-out is four characters (8.5, table IV). */
export const TIMEOUT_CHARACTERS = 4;
