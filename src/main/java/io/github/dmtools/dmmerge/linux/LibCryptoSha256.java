package io.github.dmtools.dmmerge.linux;

import com.sun.jna.Native;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigestSpi;
import java.util.HexFormat;

/**
 * SHA-256 by OpenSSL's libcrypto. Java's own is as fast only after its optimizing compiler ran,
 * which costs a short run more than the digests do.
 *
 * <p>The functions are those that work on a SHA256_CTX: unlike EVP they read no configuration and
 * need no memory of the library's own.
 */
final class LibCryptoSha256 extends MessageDigestSpi {
  private static final String[] LIBRARIES = {"libcrypto.so.3", "libcrypto.so.1.1"};
  private static final int DIGEST_BYTES = 32;

  /** FIPS 180-4, the first example. */
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  /** More than a SHA256_CTX, which has 112 bytes. */
  private static final int CONTEXT_BYTES = 256;

  private static final int BUFFER_BYTES = 4096;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(CONTEXT_BYTES + DIGEST_BYTES + BUFFER_BYTES);
  private final long context = LibC.address(memory);
  private final long result = context + CONTEXT_BYTES;
  private final ByteBuffer buffer = memory.slice(CONTEXT_BYTES + DIGEST_BYTES, BUFFER_BYTES);
  private final long bufferAddress = result + DIGEST_BYTES;

  LibCryptoSha256() {
    engineReset();
  }

  /** The symbols of libcrypto. */
  private static final class Raw {
    static native int SHA256_Init(long context);

    static native int SHA256_Update(long context, long data, long length);

    static native int SHA256_Final(long digest, long context);
  }

  /** Loads the library; false if there is none with these functions, or it computes wrongly. */
  static boolean load() {
    NativeLibrary.locate();
    for (String library : LIBRARIES) {
      try {
        Native.register(Raw.class, com.sun.jna.NativeLibrary.getInstance(library));
        return isRight();
      } catch (LinkageError | IllegalStateException e) {
        // Another version, none, or a broken one.
      }
    }
    return false;
  }

  private static boolean isRight() {
    LibCryptoSha256 digest = new LibCryptoSha256();
    digest.engineUpdate("abc".getBytes(StandardCharsets.US_ASCII), 0, 3);
    return HexFormat.of().formatHex(digest.engineDigest()).equals(OF_ABC);
  }

  @Override
  protected int engineGetDigestLength() {
    return DIGEST_BYTES;
  }

  @Override
  protected void engineReset() {
    require(Raw.SHA256_Init(context));
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    for (int done = 0; done < length; ) {
      int part = Math.min(BUFFER_BYTES, length - done);
      buffer.put(0, input, offset + done, part);
      require(Raw.SHA256_Update(context, bufferAddress, part));
      done += part;
    }
  }

  @Override
  protected void engineUpdate(ByteBuffer input) {
    if (input.isDirect()) {
      require(
          Raw.SHA256_Update(context, LibC.address(input) + input.position(), input.remaining()));
      input.position(input.limit());
    } else {
      super.engineUpdate(input);
    }
  }

  @Override
  protected byte[] engineDigest() {
    byte[] digest = new byte[DIGEST_BYTES];
    finish(digest, 0);
    return digest;
  }

  @Override
  protected int engineDigest(byte[] target, int offset, int length) throws DigestException {
    if (length < DIGEST_BYTES) {
      throw new DigestException("a digest has " + DIGEST_BYTES + " bytes");
    }
    finish(target, offset);
    return DIGEST_BYTES;
  }

  private void finish(byte[] target, int offset) {
    require(Raw.SHA256_Final(result, context));
    memory.get(CONTEXT_BYTES, target, offset, DIGEST_BYTES);
    engineReset();
  }

  private void require(int result) {
    try {
      if (result != 1) {
        throw new IllegalStateException("libcrypto failed");
      }
    } finally {
      // The function got addresses: until it returned, nothing else kept the memory.
      Reference.reachabilityFence(memory);
    }
  }
}
