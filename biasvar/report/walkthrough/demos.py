"""Published demonstrations, rerun: what each study is called, where it was shown, and its picture."""

from biasvar.report.walkthrough.collection import Collection, Topic

DEMOS = Collection(
    "demos",
    "Famous demonstrations, rerun",
    "It says what a published demonstration prints or shows, what was measured over many training sets, and ends in "
    "verdicts.",
    (
        Topic("sklearn_bagging", "Single estimator versus bagging", "scikit-learn 1.9", "u_curve"),
        Topic("sklearn_polynomials", "Underfitting vs. overfitting", "scikit-learn 1.0", "fits"),
        Topic("d2l_weight_decay", "Weight decay", "Dive into Deep Learning 1.0, section 3.7", "u_curve"),
        Topic("d2l_dropout", "Dropout", "Dive into Deep Learning 1.0, section 5.6", "u_curve_zero_one"),
        Topic("bishop_3_5", "Bias and variance of Gaussian bumps", "Bishop 2006, figure 3.5", "fits"),
        Topic("bishop_3_6", "Bias, variance and test error by lambda", "Bishop 2006, figure 3.6", "u_curve"),
        Topic("belkin_fourier", "Random Fourier features", "Belkin et al. 2019", "double_descent"),
        Topic("schaeffer_ablations", "Three ablations of the peak", "Schaeffer et al. 2023", "u_curve"),
        Topic("curth_u_turn", "A U-turn on double descent", "Curth et al. 2023", "u_curve_squared_error"),
        Topic("dascoli_two_ridges", "Two ridges", "d'Ascoli et al. 2020", "double_descent"),
        Topic("nakkiran_more_data", "More data can hurt", "Nakkiran 2019", "double_descent"),
    ),
)
