/** 417 bytes: one MPEG-1 layer 3 frame at 128 kbit/s and 44.1 kHz, with nothing in it. */
const FRAME = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]);

/** A tenth of a second of silence as an MP3 file, for recordings. */
export const SILENCE: Uint8Array = Buffer.concat([FRAME, FRAME, FRAME, FRAME]);
