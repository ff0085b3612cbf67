// Numbers of the Virtual I/O Device (VIRTIO) specification, version 1.2. Section numbers are those of that document.

/** Device status bits (2.1). */
export const STATUS_ACKNOWLEDGE = 1;
export const STATUS_DRIVER = 2;
export const STATUS_DRIVER_OK = 4;
export const STATUS_FEATURES_OK = 8;
export const STATUS_NEEDS_RESET = 64;
export const STATUS_FAILED = 128;

/** Feature bits that do not belong to a device type (chapter 6). */
export const FEATURE_INDIRECT_DESC = 28;
export const FEATURE_EVENT_IDX = 29;
export const FEATURE_VERSION_1 = 32;
export const FEATURE_ACCESS_PLATFORM = 33;

/** Device types (chapter 5). */
export const DEVICE_NETWORK = 1;
export const DEVICE_BLOCK = 2;
export const DEVICE_CONSOLE = 3;
export const DEVICE_ENTROPY = 4;

/** Descriptor flags (2.7.5). */
export const DESC_NEXT = 1;
export const DESC_WRITE = 2;
export const DESC_INDIRECT = 4;

/** Flags of the driver area: the driver wants no interrupt for used buffers (2.7.7). */
export const AVAIL_NO_INTERRUPT = 1;

/** Largest split queue (2.7). */
export const MAX_QUEUE_SIZE = 32768;

/** Interrupt causes of the ISR status byte (4.1.4.5) and of InterruptStatus (4.2.2). */
export const ISR_QUEUE = 1;
export const ISR_CONFIG = 2;
