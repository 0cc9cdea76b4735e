package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.Int64List;

/** The hand-written codec against TensorFlow's own classes. */
class ExampleCodecTest {

    @Property(tries = 200)
    void protobufReadsWhatWeWrite(
            @ForAll @IntRange(min = 1, max = 300) int length, @ForAll @IntRange(min = 1, max = 60) int room, @ForAll long seed)
            throws InvalidProtocolBufferException {
        Example example = random(length, room, seed);
        Map<String, Feature> features =
                org.tensorflow.proto.Example.parseFrom(ExampleEncoder.encode(example)).getFeatures().getFeatureMap();
        assertEquals(7, features.size());
        assertEquals(proto(example).getFeatures().getFeatureMap(), features);
    }

    /** Protobuf sorts the features by name when told to. */
    @Property(tries = 300)
    void theBytesAreProtobufsInAlphabeticalOrder(
            @ForAll @IntRange(min = 1, max = 600) int length, @ForAll @IntRange(min = 1, max = 60) int room, @ForAll long seed)
            throws IOException {
        Example example = random(length, room, seed);
        ByteArrayOutputStream sorted = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(sorted);
        out.useDeterministicSerialization();
        proto(example).writeTo(out);
        out.flush();
        assertArrayEquals(sorted.toByteArray(), ExampleEncoder.encode(example));
        assertArrayEquals(TfRecord.frame(sorted.toByteArray()), ExampleEncoder.frame(example));
    }

    @Property(tries = 200)
    void weReadWhatProtobufWrites(
            @ForAll @IntRange(min = 1, max = 300) int length, @ForAll @IntRange(min = 1, max = 60) int room, @ForAll long seed) {
        Example example = random(length, room, seed);
        same(example, ExampleDecoder.decode(proto(example).toByteArray()));
        same(example, ExampleDecoder.decode(ExampleEncoder.encode(example)));
    }

    @Test
    void otherFeaturesAreSkipped() {
        Example example = random(16, 4, 1);
        org.tensorflow.proto.Example.Builder more = proto(example).toBuilder();
        more.getFeaturesBuilder().putFeature("comment", floats(new float[] {1}));
        same(example, ExampleDecoder.decode(more.build().toByteArray()));
    }

    @Test
    void faultsAreNamed() {
        Example example = random(16, 4, 1);
        fault(example, b -> b.getFeaturesBuilder().removeFeature("segment_ids"), "feature segment_ids is missing");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_ids", floats(new float[16])),
                "feature input_ids is not a list of int64");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_mask", ints(new int[15])),
                "input_mask has 15 elements, expected 16 as input_ids");
        fault(example, b -> b.getFeaturesBuilder().putFeature("next_sentence_labels", ints(2)),
                "next_sentence_labels is 2, expected 0 or 1");
        fault(example, b -> b.getFeaturesBuilder().putFeature("input_ids", ints(-1)), "");
        fault(example, b -> b.getFeaturesBuilder().putFeature("masked_lm_positions", ints(0, 0, 0, 16)),
                "masked_lm_positions holds 16, expected 0 to 15");
    }

    @Property(tries = 300)
    void damageIsAnIllegalArgument(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = ExampleEncoder.encode(random(16, 4, seed));
        byte[] bad = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        if (bad.length > 0) {
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        }
        assertThrows(IllegalArgumentException.class, () -> ExampleDecoder.decode(bad));
    }

    static Example random(int length, int room, long seed) {
        Random random = new Random(seed);
        int tokens = 1 + random.nextInt(length);
        int[] mask = new int[length];
        Arrays.fill(mask, 0, tokens, 1);
        float[] weights = new float[room];
        Arrays.fill(weights, 0, random.nextInt(room + 1), 1);
        return new Example(
                random.ints(length, 0, random.nextBoolean() ? 30000 : Integer.MAX_VALUE).toArray(),
                mask,
                random.ints(length, 0, 2).toArray(),
                random.ints(room, 0, length).sorted().toArray(),
                random.ints(room, 0, 30000).toArray(),
                weights,
                random.nextInt(2));
    }

    static void same(Example expected, Example found) {
        assertArrayEquals(expected.inputIds(), found.inputIds());
        assertArrayEquals(expected.inputMask(), found.inputMask());
        assertArrayEquals(expected.segmentIds(), found.segmentIds());
        assertArrayEquals(expected.maskedLmPositions(), found.maskedLmPositions());
        assertArrayEquals(expected.maskedLmIds(), found.maskedLmIds());
        assertArrayEquals(expected.maskedLmWeights(), found.maskedLmWeights());
        assertEquals(expected.nextSentenceLabel(), found.nextSentenceLabel());
    }

    static org.tensorflow.proto.Example proto(Example example) {
        org.tensorflow.proto.Example.Builder builder = org.tensorflow.proto.Example.newBuilder();
        builder.getFeaturesBuilder()
                .putFeature("input_ids", ints(example.inputIds()))
                .putFeature("input_mask", ints(example.inputMask()))
                .putFeature("segment_ids", ints(example.segmentIds()))
                .putFeature("masked_lm_positions", ints(example.maskedLmPositions()))
                .putFeature("masked_lm_ids", ints(example.maskedLmIds()))
                .putFeature("masked_lm_weights", floats(example.maskedLmWeights()))
                .putFeature("next_sentence_labels", ints(example.nextSentenceLabel()));
        return builder.build();
    }

    private static Feature ints(int... values) {
        List<Long> boxed = Arrays.stream(values).asLongStream().boxed().toList();
        return Feature.newBuilder().setInt64List(Int64List.newBuilder().addAllValue(boxed)).build();
    }

    private static Feature floats(float[] values) {
        FloatList.Builder list = FloatList.newBuilder();
        for (float value : values) {
            list.addValue(value);
        }
        return Feature.newBuilder().setFloatList(list).build();
    }

    private static void fault(
            Example example, Consumer<org.tensorflow.proto.Example.Builder> change, String message) {
        org.tensorflow.proto.Example.Builder builder = proto(example).toBuilder();
        change.accept(builder);
        byte[] bytes = builder.build().toByteArray();
        String found = assertThrows(IllegalArgumentException.class, () -> ExampleDecoder.decode(bytes)).getMessage();
        assertTrue(found.contains(message), found);
    }
}
