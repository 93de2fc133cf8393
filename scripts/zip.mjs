// Writes zip archives: what `npm run package` needs of the format (APPNOTE 6.3.3, without zip64).
import { crc32, deflateRawSync } from 'node:zlib';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const DEFLATED = 8;
/** 1 January 1980: the same files make the same archive. */
const DATE = 0x0021;
const MODE = 0o100644;

/**
 * An archive of files, in the order given.
 * @param {readonly { name: string, data: Buffer }[]} files names with slashes
 */
export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, data } of files) {
    const text = Buffer.from(name);
    const packed = deflateRawSync(data, { level: 9 });
    const sizes = [crc32(data), packed.length, data.length];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(LOCAL, 0);
    writeCommon(local, 4, sizes, text.length);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(CENTRAL, 0);
    // Made by Unix, so that the mode counts.
    central.writeUInt16LE((3 << 8) | VERSION, 4);
    writeCommon(central, 6, sizes, text.length);
    central.writeUInt32LE(MODE * 0x10000, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(local, text, packed);
    directory.push(central, text);
    offset += local.length + text.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** What both kinds of headers have, from the version needed to the length of the name. */
function writeCommon(header, at, [checksum, packed, length], nameLength) {
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(FLAGS, at + 2);
  header.writeUInt16LE(DEFLATED, at + 4);
  header.writeUInt16LE(DATE, at + 8);
  header.writeUInt32LE(checksum, at + 10);
  header.writeUInt32LE(packed, at + 14);
  header.writeUInt32LE(length, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}
