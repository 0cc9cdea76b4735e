package org.graphbert.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What XLA needs to compile for a GPU: found where XLA looks, or where it can be told to look. */
class XlaToolsTest {

    @TempDir
    private Path directory;

    private Path ptxas(Path bin) throws IOException {
        return Files.createFile(Files.createDirectories(bin).resolve("ptxas"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private Path libdevice(Path toolkit) throws IOException {
        Path file = toolkit.resolve("nvvm/libdevice/libdevice.10.bc");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "BC");
    }

    @Test
    void theyAreLookedForOnThePathAndInToolkits() throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        Path assembler = ptxas(second.resolve("bin"));
        Path functions = libdevice(second);
        XlaTools both = XlaTools.find(null, List.of(first, second));
        assertEquals(new XlaTools(Optional.of(assembler), Optional.of(functions)), both);
        assertEquals(Optional.empty(), both.missing());
        assertEquals(List.of("--xla_gpu_cuda_data_dir=" + second), both.flags(null));
        assertEquals(List.of(), both.flags("--xla_gpu_cuda_data_dir=/elsewhere"), "the user has said where");
        assertEquals(List.of(), both.flags("--xla_dump_to=/x --xla_gpu_cuda_data_dir='/a b'"));
        assertEquals(Path.of("/a b"), XlaTools.toolkits("--xla_gpu_cuda_data_dir='/a b' --xla_dump_to=/x").get(0));
        Path blank = directory.resolve("a blank");
        libdevice(blank);
        assertEquals(List.of("--xla_gpu_cuda_data_dir='" + blank + "'"), XlaTools.find(null, List.of(blank)).flags(null));
        Path onPath = ptxas(directory.resolve("programs"));
        assertEquals(Optional.of(onPath), XlaTools.find("/none::" + onPath.getParent(), List.of(second)).ptxas());
        Files.setPosixFilePermissions(onPath, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(Optional.empty(), XlaTools.find(onPath.getParent().toString(), List.of(first)).ptxas());
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertTrue(XlaTools.NONE.missing().orElseThrow().matches("no ptxas in PATH, .*; it comes with NVIDIA's CUDA toolkit 12 or newer, as "
                + "does libdevice.10.bc, which is missing too"), XlaTools.NONE.missing().toString());
        Path toolkit = directory.resolve("toolkit");
        libdevice(toolkit);
        assertTrue(XlaTools.find("", List.of(toolkit)).missing().orElseThrow().endsWith("CUDA toolkit 12 or newer"));
        XlaTools assembler = new XlaTools(Optional.of(Path.of("/usr/bin/ptxas")), Optional.empty());
        assertTrue(assembler.missing().orElseThrow().startsWith("no libdevice.10.bc in CUDA_HOME"));
    }

    /** From the path the assembler is found by itself; the functions are named, wherever they lie. */
    @Test
    void xlaIsToldOfTheOneDirectoryThatItCannotKnow() throws IOException {
        Path cut = directory.resolve("cut");
        libdevice(cut);
        XlaTools tools = new XlaTools(Optional.of(Path.of("/usr/bin/ptxas")), XlaTools.find(null, List.of(cut)).libdevice());
        assertEquals(List.of("--xla_gpu_cuda_data_dir=" + cut), tools.flags(""));
        XlaTools standard = new XlaTools(Optional.of(Path.of("/usr/local/cuda/bin/ptxas")),
                Optional.of(Path.of("/usr/local/cuda/nvvm/libdevice/libdevice.10.bc")));
        assertEquals(List.of(), standard.flags(null));
        assertEquals(List.of(), XlaTools.NONE.flags(null));
    }

    @Test
    void libdeviceIsCutOutOfTheLibraryThatCarriesIt() throws Exception {
        byte[] library = new byte[100_000];
        new Random(7).nextBytes(library);
        byte[] magic = {'B', 'C', (byte) 0xC0, (byte) 0xDE};
        for (int at : new int[] {100, 5_000, 60_000, 99_990}) {
            System.arraycopy(magic, 0, library, at, magic.length);
        }
        byte[] wanted = Arrays.copyOfRange(library, 60_000, 61_234);
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wanted));
        Path nvrtc = Files.write(directory.resolve("libnvrtc.so.12"), library);
        Libdevice.Piece piece = new Libdevice.Piece(wanted.length, sum);
        assertTrue(Libdevice.provide(nvrtc, directory, piece));
        assertArrayEquals(wanted, Files.readAllBytes(directory.resolve(Libdevice.IN_TOOLKIT)));
        assertTrue(Libdevice.provide(directory.resolve("gone"), directory, piece), "what is there is not cut again");
        Path elsewhere = directory.resolve("elsewhere");
        assertFalse(Libdevice.provide(nvrtc, elsewhere, new Libdevice.Piece(wanted.length + 1, sum)));
        assertFalse(Libdevice.provide(directory.resolve("gone"), elsewhere, piece));
        assertFalse(Files.exists(elsewhere.resolve(Libdevice.IN_TOOLKIT)));
    }
}
