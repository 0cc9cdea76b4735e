package org.graphbert.serve;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.data.PairTask;
import org.graphbert.graph.Saver;
import org.graphbert.text.Tokenizer;
import org.tensorflow.Graph;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * Writes NAME/VERSION as TF Serving wants it: saved_model.pb with its {@link Signatures}, variables/, the tokenizer in assets/,
 * and in assets.extra/ the model's configuration, what the export is ({@link ExportFacts}) and requests to warm up with.
 */
public final class SavedModelExport {

    static final String TAG = "serve";
    static final String MASKED_LM = "masked_lm";
    static final String NEXT_SENTENCE = "next_sentence";
    static final String FEATURES = "features";
    static final String CLASSIFY = "classify";
    static final String REGRESS = "regress";
    static final String TAGS = "tag";
    static final String QA = "qa";
    static final String EXTRA = "assets.extra";
    static final String CONFIG = "bert_config.json";

    private SavedModelExport() {}

    /** Exports a checkpoint that was pre-trained on next sentences, as float32. */
    public static Path export(ModelConfig config, String prefix, Tokenizer tokenizer, Path output, Long version)
            throws IOException {
        return export(new Exportable(config, ExportFacts.pretraining(PairTask.NSP), prefix, tokenizer), Precision.FLOAT32, output,
                version);
    }

    /**
     * Exports a model.
     *
     * @param stored the type of the weights in the file and in memory; they are widened at each call, which takes its time
     * @param output NAME's directory
     * @param version null for one above the highest there
     * @return the version's directory
     * @throws Failure (usage) if the version exists, (data) if the checkpoint cannot be read or the export not be written;
     *     then nothing of it is left
     */
    public static Path export(Exportable model, Precision stored, Path output, Long version) throws IOException {
        boolean isNew = !Files.exists(output);
        Directories.createOutput("--output", output);
        try {
            return written(model, stored, output, version);
        } catch (IOException | RuntimeException e) {
            if (isNew) {
                deleteEmpty(output);
            }
            throw e;
        }
    }

    private static Path written(Exportable model, Precision stored, Path output, Long version) throws IOException {
        long number = version == null ? highest(output) + 1 : version;
        if (number < 1) {
            throw Failure.usage("version is %d, expected at least 1", number);
        }
        Path target = output.resolve(Long.toString(number));
        if (Files.exists(target)) {
            throw Failure.usage("%s exists; choose another --version, or leave it out for the next one", target);
        }
        try (Aside aside = aside(output)) {
            String name = output.toAbsolutePath().normalize().getFileName().toString();
            write(model, stored, name, aside.directory());
            return published(aside.directory(), target, version == null);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be written: %s; make room and export again", output, Directories.reason(e), e);
        }
    }

    private static Aside aside(Path output) {
        try {
            Aside.removeAbandoned(output);
            return Aside.create(output);
        } catch (IOException e) {
            throw Failure.usage("--output %s: cannot be written: %s; choose a place that may be written", output, Directories.reason(e), e);
        }
    }

    /** Gives a complete version its number: the next one, if another export has taken that meanwhile and none was asked for. */
    private static Path published(Path aside, Path target, boolean next) throws IOException {
        try {
            return Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(target)) {
                throw e;
            }
            if (!next) {
                throw Failure.usage("%s exists, another export wrote it meanwhile; choose another --version", target, e);
            }
            return published(aside, target.resolveSibling(Long.toString(highest(target.getParent()) + 1)), true);
        }
    }

    /** A directory of ours without a version in it is no export; one that somebody has put something into stays. */
    private static void deleteEmpty(Path output) throws IOException {
        try (Stream<Path> entries = Files.list(output)) {
            if (entries.findAny().isPresent()) {
                return;
            }
        }
        Files.delete(output);
    }

    private static void write(Exportable model, Precision stored, String name, Path directory) throws IOException {
        try (Graph graph = new Graph()) {
            ServedGraph served = model.graph(graph, stored);
            Saver.create(graph, served.variables().all());
            Map<String, SignatureDef> signatures = Signatures.of(served);
            GraphDef definition = graph.toGraphDef();
            model.writeVariables(definition, served.variables().all(),
                    Files.createDirectories(directory.resolve("variables")).resolve("variables").toString());
            CollectionDef collected = Signatures.collection(served.variables().all());
            MetaGraphDef meta = MetaGraphDef.newBuilder()
                    .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags(TAG))
                    .setGraphDef(definition)
                    .setSaverDef(Saver.definition())
                    .putAllSignatureDef(signatures)
                    .putCollectionDef("variables", collected)
                    .putCollectionDef("trainable_variables", collected)
                    .build();
            try (OutputStream out = Files.newOutputStream(directory.resolve("saved_model.pb"))) {
                // The order of a map's keys differs between processes otherwise, and with it the file.
                CodedOutputStream ordered = CodedOutputStream.newInstance(out);
                ordered.useDeterministicSerialization();
                SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build().writeTo(ordered);
                ordered.flush();
            }
            model.tokenizer().save(directory.resolve("assets"));
            model.facts().write(directory);
            Path extra = directory.resolve(EXTRA);
            Files.writeString(extra.resolve(CONFIG), Json.write(model.config()));
            WarmUp.write(extra.resolve(WarmUp.FILE), name, signatures, model.tokenizer().special());
        }
    }

    private static long highest(Path output) throws IOException {
        try (Stream<Path> entries = Files.list(output)) {
            return entries.map(p -> p.getFileName().toString())
                    .filter(name -> name.matches("\\d{1,18}"))
                    .mapToLong(Long::parseLong)
                    .max()
                    .orElse(0);
        }
    }
}
