"""The topics of the chapter, in its order: what each study is called, where its topic stands, and its picture."""

from biasvar.report.walkthrough.collection import Collection, Topic

CHAPTER = Collection(
    "chapter",
    "The chapter, by studies",
    "It says what the chapter claims, shows what was measured, and ends in verdicts.",
    (
        Topic("u_curve", "The U-shaped curve", "(7.1) to (7.7), Fig. 7.1 and 7.3", "u_curve"),
        Topic("bayes_error", "The Bayes error", "(7.5)", "parts_data_n_train"),
        Topic("classification", "Bias and variance of classifiers", "(7.8)", "u_curve"),
        Topic("double_descent", "Double descent", "Fig. 7.2", "double_descent"),
        Topic("which_randomness", "Which randomness makes the variance", "(7.6)", "components"),
        Topic("cross_validation", "Cross-validation", "S7.1.1", "u_curve"),
        Topic("remedies", "Remedies against bias and against variance", "S7.1.1.1"),
        Topic("selection", "Choosing a model, and its optimism", "S7.1.1 and S7.1.1.2", "u_curve"),
        Topic("weight_decay", "Weight decay", "S7.2, (7.9)", "penalty"),
        Topic("bias_decay", "Decay of biases", "S7.2.1", "penalty"),
        Topic("map", "Weight decay as a prior", "S7.2.2, (7.10) and (7.11)", "penalty"),
        Topic("dropout", "Dropout", "S7.3, (7.12), Remark 1", "penalty"),
        Topic("bagging", "Bagging", "S7.3.1", "committee"),
        Topic("dropout_ridge", "Dropout as a penalty", "S7.3.2, (7.13) and (7.14)", "penalty"),
        Topic("committee_scaling", "Scaled weights and the true committee", "S7.3.3, (7.15)"),
        Topic("mc_dropout", "The spread over masks", "S7.3.4", "penalty"),
        Topic("dropout_or_decay", "Dropout or weight decay", "S7.3, Remark 2", "penalty"),
        Topic("covariate_shift", "Covariate shift", "S7.4, (7.16), Fig. 7.5"),
        Topic("whitening", "Whitening", "S7.4.2", "parts_epoch"),
        Topic("batch_norm", "Batch norm", "S7.4.2 to S7.4.2.3, (7.17) to (7.19)", "parts_epoch"),
        Topic("batch_norm_order", "Batch norm before or after the activation", "S7.4.3"),
        Topic("batch_norm_shift", "Batch norm and a shift of the inputs", "S7.4.3"),
        Topic("batch_norm_dropout", "Batch norm and dropout together", "S7.4.3"),
        Topic("norm_variants", "Batch, layer and group norm", "S7.4.3"),
    ),
)
