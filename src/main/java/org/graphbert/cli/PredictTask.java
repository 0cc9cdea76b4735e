package org.graphbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.evaluate.SortedBatches;
import org.graphbert.evaluate.task.TaskAnswer;
import org.graphbert.train.FineTunedModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A task of {@code predict} that a run was fine-tuned on: its name is the command's. */
abstract class PredictTask implements Callable<Integer> {

    @Option(names = "--run", required = true, paramLabel = "DIR", description = "A run of finetune; its best checkpoint on dev.")
    private Path run;

    @Option(
            names = "--examples",
            paramLabel = "FILE",
            description = "A file as finetune takes it, in place of sentences; where it has the right answers, the scores are told.")
    private Path examples;

    @Mixin
    private PredictInput input;

    @Option(names = "--json", description = "Print JSON: a list for arguments, else an object a line.")
    private boolean json;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "What is asked about; pairs one after the other.")
    private List<String> texts;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        input.requireOptions(texts);
        if (examples != null && texts != null) {
            throw Failure.usage("found sentences both as arguments and in --examples; give one of them");
        }
        if (examples != null) {
            input.requireNone("--examples");
        }
        try (FineTunedModel model = FineTunedModel.open(run, spec.name())) {
            PrintWriter out = spec.commandLine().getOut();
            if (examples == null) {
                boolean pairs = model.texts() == 2;
                TextColumns columns = input.columns(model.texts());
                PredictAnswers<List<String>, TaskAnswer> answers = new PredictAnswers<>(
                        pairs ? "Two texts with ||| between them" : "A text",
                        columns::typed,
                        columns::read,
                        PredictTask::required,
                        model.longest(),
                        model::cuts,
                        new SortedBatches<>(
                                input.batchSize(), question -> question.stream().mapToInt(String::length).sum(), model::answer),
                        (to, answer) -> to.println(answer.text()),
                        json);
                input.answer(texts == null ? null : columns.grouped(texts), answers, out);
            } else {
                model.answer(examples, input.batchSize(), PredictTask::tell, new ConsoleProgress()::say)
                        .forEach(answer -> out.println(json ? Json.writeLine(answer) : answer.text()));
            }
        }
        return 0;
    }

    private static void tell(Map<String, Double> scores) {
        new ConsoleProgress().say(scores.entrySet().stream()
                .map(score -> String.format(Locale.ROOT, "%s %.4f", score.getKey(), score.getValue()))
                .collect(Collectors.joining(", ")));
    }

    private static List<String> required(List<String> texts) {
        if (texts.stream().anyMatch(String::isBlank)) {
            throw Failure.usage("found an empty text, expected one to answer");
        }
        return texts;
    }
}
