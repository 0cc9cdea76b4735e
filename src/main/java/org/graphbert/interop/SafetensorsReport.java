package org.graphbert.interop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.graphbert.config.Json;

/**
 * What safetensors files hold.
 *
 * @param path as it was given
 * @param metadata e.g. format: pt
 * @param tensorCount all of them
 * @param parameters elements of the floating-point ones
 * @param bytes of all tensors
 * @param files one, or the shards
 * @param tensors by name
 */
@JsonPropertyOrder("kind")
public record SafetensorsReport(
        String path,
        Map<String, String> metadata,
        int tensorCount,
        long parameters,
        long elements,
        long bytes,
        List<DataFile> files,
        List<Tensor> tensors) {

    /** A file of tensors. */
    public record DataFile(String file, long bytes, int tensors) {}

    /**
     * A tensor.
     *
     * @param type TensorFlow's name for it in Python, e.g. float32
     * @param dtype the file's name for it, e.g. F32
     * @param file the name of the file that holds it
     * @param norm L2, of the finite values; null for types whose values are not read
     * @param nonFinite how many values are infinite or no numbers; null likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tensor(
            String name, String type, String dtype, List<Long> shape, long elements, long bytes, String file, Double norm,
            Long nonFinite) {}

    /**
     * Looks into a file, an index of several, or a directory with either, and reads all values, a chunk at a time.
     *
     * @throws org.graphbert.config.Failure (data) if it is damaged
     */
    public static SafetensorsReport of(Path path) throws IOException {
        try (Safetensors tensors = Safetensors.open(path)) {
            List<Tensor> all = new ArrayList<>();
            for (TensorFile.Entry entry : tensors.entries().values()) {
                String name = entry.name();
                Norm norm = Norm.of(tensors, name);
                all.add(new Tensor(
                        name, entry.type(), tensors.dtype(name), entry.shape(), entry.elements(), tensors.byteSize(name),
                        tensors.file(name).getFileName().toString(),
                        norm == null ? null : norm.l2(), norm == null ? null : norm.nonFinite()));
            }
            List<DataFile> files = new ArrayList<>();
            for (Path file : tensors.files()) {
                String name = file.getFileName().toString();
                files.add(new DataFile(file.toString(), Files.size(file),
                        (int) all.stream().filter(tensor -> tensor.file().equals(name)).count()));
            }
            return new SafetensorsReport(
                    tensors.where(),
                    tensors.metadata(),
                    all.size(),
                    all.stream().filter(t -> TypeNames.floating(t.type())).mapToLong(Tensor::elements).sum(),
                    all.stream().mapToLong(Tensor::elements).sum(),
                    all.stream().mapToLong(Tensor::bytes).sum(),
                    files,
                    all);
        }
    }

    @JsonProperty
    public String kind() {
        return "safetensors";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As a table; where there are several files, with the file of each tensor. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "%-14s%s", "safetensors", path);
        metadata.forEach((key, value) -> line(out, "%-14s%s: %s", "metadata", key, value));
        line(out, "%-14s%,d, %,d parameters", "tensors", tensorCount, parameters);
        line(out, "%-14s%,d elements, %,d bytes", "in all", elements, bytes);
        files.forEach(file -> line(
                out, "%-14s%s: %,d tensors, %,d bytes", "file", file.file(), file.tensors(), file.bytes()));
        boolean sharded = files.size() > 1;
        Table table = new Table("tensor", "dtype", "shape", ">elements", ">norm", sharded ? "file" : "");
        tensors.forEach(t -> table.row(t.name(), t.dtype(), t.shape(), Table.count(t.elements()), Table.magnitude(t.norm()),
                sharded ? t.file() : null));
        table.appendTo(out);
        tensors.forEach(t -> Norm.pointOutNonFinite(out, t.name(), t.elements(), t.nonFinite()));
        return out.toString();
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
