package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.graphbert.serve.LoadedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** What TF Serving says of a model: its status and its metadata, in the JSON that protobuf makes of its messages. */
final class Descriptions {

    private Descriptions() {}

    /** GET /v1/models/NAME: the version that answers, one that is being loaded and one that could not be. */
    static Reply status(LiveModel model, Long version) {
        LiveModel.Failed failed = model.failed();
        long loading = model.loading();
        long current = model.model().loaded().version();
        boolean isLoading = loading != 0 && version != null && version == loading;
        if (version != null && version != current && !isLoading && (failed == null || version != failed.number())) {
            throw new RestError(RestError.NOT_FOUND, "Could not find version %d of model %s", version, model.name());
        }
        return Reply.json(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("model_version_status");
            if (loading != 0 && (version == null || version == loading)) {
                version(json, loading, "LOADING", "OK", "");
            }
            if (failed != null && (version == null || version == failed.number())) {
                version(json, failed.number(), "END", "DATA_LOSS", failed.reason());
            }
            if (version == null || version == current) {
                version(json, current, "AVAILABLE", "OK", "");
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void version(JsonGenerator json, long number, String state, String code, String message) throws IOException {
        json.writeStartObject();
        // protobuf writes 64-bit numbers as strings.
        json.writeStringField("version", Long.toString(number));
        json.writeStringField("state", state);
        json.writeObjectFieldStart("status");
        json.writeStringField("error_code", code);
        json.writeStringField("error_message", message);
        json.writeEndObject();
        json.writeEndObject();
    }

    /** GET /v1/models/NAME/metadata: the signatures. */
    static Reply metadata(String name, LoadedModel model) {
        return Reply.json(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("model_spec");
            json.writeStringField("name", name);
            json.writeStringField("signature_name", "");
            json.writeStringField("version", Long.toString(model.version()));
            json.writeEndObject();
            json.writeObjectFieldStart("metadata");
            json.writeObjectFieldStart("signature_def");
            json.writeObjectFieldStart("signature_def");
            for (Map.Entry<String, SignatureDef> signature : model.signatures().entrySet()) {
                json.writeObjectFieldStart(signature.getKey());
                tensors(json, "inputs", signature.getValue().getInputsMap());
                tensors(json, "outputs", signature.getValue().getOutputsMap());
                json.writeStringField("method_name", signature.getValue().getMethodName());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void tensors(JsonGenerator json, String key, Map<String, TensorInfo> tensors) throws IOException {
        json.writeObjectFieldStart(key);
        for (Map.Entry<String, TensorInfo> tensor : new TreeMap<>(tensors).entrySet()) {
            json.writeObjectFieldStart(tensor.getKey());
            json.writeStringField("dtype", tensor.getValue().getDtype().name());
            json.writeObjectFieldStart("tensor_shape");
            json.writeArrayFieldStart("dim");
            for (TensorShapeProto.Dim dim : tensor.getValue().getTensorShape().getDimList()) {
                json.writeStartObject();
                json.writeStringField("size", Long.toString(dim.getSize()));
                json.writeStringField("name", dim.getName());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeBooleanField("unknown_rank", tensor.getValue().getTensorShape().getUnknownRank());
            json.writeEndObject();
            json.writeStringField("name", tensor.getValue().getName());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** GET /models: what the page needs to know of each. */
    static Reply models(Models models) {
        return Reply.json(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("models");
            for (LiveModel model : models.all()) {
                LoadedModel loaded = model.model().loaded();
                json.writeStartObject();
                json.writeStringField("name", model.name());
                json.writeStringField("version", Long.toString(loaded.version()));
                json.writeStringField("head", loaded.facts().head().toString());
                json.writeStringField("pair_task", loaded.facts().pairTask().toString());
                if (loaded.facts().pairs() != null) {
                    json.writeBooleanField("pairs", loaded.facts().pairs());
                }
                json.writeArrayFieldStart("questions");
                for (String question : loaded.questions()) {
                    json.writeString(question);
                }
                json.writeEndArray();
                json.writeNumberField("layers", loaded.config().numHiddenLayers());
                json.writeNumberField("hidden_size", loaded.config().hiddenSize());
                json.writeNumberField("longest", loaded.config().maxPositionEmbeddings());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
