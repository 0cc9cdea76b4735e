package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.graphbert.config.ModelConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipesTest {

    @ParameterizedTest
    @CsvSource({
        "tiny, adamw, 5e-4", "mini, adamw, 5e-4", "medium, adamw, 3e-4", "base, adamw, 1e-4", "large, adamw, 1e-4",
        "mini, adafactor, 1e-3", "base, adafactor, 2e-4", "mini, lamb, 1e-2", "medium, lamb, 5e-3", "large, lamb, 1e-3",
        "tiny, sgd, 0.1", "large, sgd, 0.1"
    })
    void thePeakIsTheOptimisersAndTheSizes(String size, String optimizer, double peak) throws IOException {
        ModelConfig model = ModelConfig.read(Path.of("config/bert-" + size + ".json"));
        assertEquals(peak, Recipes.learningRate(model, optimizer), 1e-12);
    }
}
