package org.graphbert.device;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * CUDA's mathematical functions as LLVM bitcode, libdevice.10.bc, which XLA links into kernels that have an exponential or a
 * tanh in them. The toolkit has it as a file; NVIDIA's run-time compiler, which is among the libraries of the GPU build, carries
 * the same within itself, uncompressed. From there it is cut out, so that XLA needs no toolkit for it.
 */
final class Libdevice {

    /** Where below a toolkit it lies. */
    static final Path IN_TOOLKIT = Path.of("nvvm", "libdevice", "libdevice.10.bc");

    /** How LLVM bitcode begins. */
    private static final byte[] MAGIC = {'B', 'C', (byte) 0xC0, (byte) 0xDE};

    private Libdevice() {}

    /**
     * A piece of a library.
     *
     * @param bytes how long it is
     * @param sha256 of it
     */
    record Piece(int bytes, String sha256) {

        /** As CUDA 12.6's libnvrtc.so.12 has it. */
        static final Piece CUDA_12_6 =
                new Piece(475_704, "34a654bc8b480151970e589a8dc12c93ae4a5401fe259784c95320d3ea44be38");

        /** Finds it, wherever it begins. */
        Optional<byte[]> in(ByteBuffer library) throws NoSuchAlgorithmException {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[bytes];
            for (int i = 0; i + bytes <= library.limit(); i++) {
                if (begins(library, i)) {
                    library.get(i, piece);
                    if (HexFormat.of().formatHex(digest.digest(piece)).equals(sha256)) {
                        return Optional.of(piece);
                    }
                }
            }
            return Optional.empty();
        }

        private static boolean begins(ByteBuffer library, int at) {
            for (int i = 0; i < MAGIC.length; i++) {
                if (library.get(at + i) != MAGIC[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Puts it where XLA looks below a toolkit, unless it is there.
     *
     * @param nvrtc the library to cut it from
     * @param toolkit a directory
     * @return whether it is there now
     */
    static boolean provide(Path nvrtc, Path toolkit, Piece piece) {
        Path file = toolkit.resolve(IN_TOOLKIT);
        if (Files.isRegularFile(file)) {
            return true;
        }
        try (RandomAccessFile library = new RandomAccessFile(nvrtc.toFile(), "r")) {
            MappedByteBuffer mapped = library.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, library.length());
            Optional<byte[]> found = piece.in(mapped);
            if (found.isEmpty()) {
                return false;
            }
            Files.createDirectories(file.getParent());
            Path aside = Files.createTempFile(file.getParent(), ".libdevice", ".writing");
            Files.write(aside, found.get());
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (IOException e) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
